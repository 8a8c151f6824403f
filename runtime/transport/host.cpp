#include "host.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace chorus {

namespace {

std::string without_scope(const std::string& host) {
  return host.substr(0, host.find('%'));
}

std::optional<in_addr> as_v4(const std::string& host) {
  in_addr digits{};
  if (inet_pton(AF_INET, host.c_str(), &digits) != 1)
    return std::nullopt;
  return digits;
}

std::optional<in6_addr> as_v6(const std::string& host) {
  in6_addr digits{};
  if (inet_pton(AF_INET6, without_scope(host).c_str(), &digits) != 1)
    return std::nullopt;
  return digits;
}

bool is_v4_loopback(std::uint32_t host_order) {
  return (host_order >> 24) == 127;
}

} // namespace

bool is_numeric(const std::string& host) {
  return as_v4(host) || as_v6(host);
}

bool is_wildcard(const std::string& host) {
  if (host == "*")
    return true;
  in_addr v4{};
  if (inet_aton(host.c_str(), &v4) != 0) // in any spelling that the resolver takes, such as `0`
    return v4.s_addr == INADDR_ANY;
  if (auto v6 = as_v6(host))
    return IN6_IS_ADDR_UNSPECIFIED(&*v6);
  return false;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost")
    return true;
  if (auto v4 = as_v4(host))
    return is_v4_loopback(ntohl(v4->s_addr));
  auto v6 = as_v6(host);
  if (!v6)
    return false;
  if (!IN6_IS_ADDR_V4MAPPED(&*v6))
    return IN6_IS_ADDR_LOOPBACK(&*v6);
  return v6->s6_addr[12] == 127;
}

result<std::vector<std::string>> look_up(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (auto code = getaddrinfo(host.c_str(), nullptr, &wanted, &found); code != 0) {
    return error{
        errc::not_found,
        "cannot resolve the host '" + host + "': " + gai_strerror(code)
            + "; check the spelling and this machine's name service"};
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  std::vector<std::string> digits;
  for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (std::find(digits.begin(), digits.end(), text) == digits.end())
      digits.emplace_back(text);
  }
  if (digits.empty())
    return error{errc::not_found, "the host '" + host + "' has no IPv4 or IPv6 address"};
  return digits;
}

std::string endpoint_of(const address& where) {
  return "tcp://" + to_string(where);
}

} // namespace chorus
