#include <chorus/runtime/address.hpp>

#include <charconv>

namespace chorus {

namespace {

error bad_address(std::string_view text, std::string_view problem) {
  return {
      errc::invalid_argument,
      "cannot read '" + std::string{text} + "' as an address: " + std::string{problem}
          + "; write host:port, [ipv6]:port or *:port"};
}

} // namespace

std::string to_string(const address& where) {
  auto is_v6 = where.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

result<address> parse_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']'))
    return bad_address(text, "it has no port");
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  auto in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets)
    host = host.substr(1, host.size() - 2);
  if (host.empty())
    return bad_address(text, "it has no host");
  auto is_v6 = host.find(':') != std::string_view::npos;
  if (is_v6 && !in_brackets)
    return bad_address(text, "an IPv6 address needs brackets");
  if (in_brackets && !is_v6)
    return bad_address(text, "brackets are for IPv6 addresses");
  if (host.find_first_of("[] \t\r\n") != std::string_view::npos)
    return bad_address(text, "the host has a bracket or a blank in it");
  std::uint16_t port = 0;
  auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || code != std::errc{} || end != digits.data() + digits.size())
    return bad_address(text, "the port is not a number from 0 to 65535");
  return address{std::string{host}, port};
}

} // namespace chorus
