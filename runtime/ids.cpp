#include <chorus/runtime/ids.hpp>

#include <charconv>

namespace chorus {

namespace {

constexpr std::size_t digits_per_half = 16;

void append_hex(std::string& text, std::uint64_t half) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4)
    text += digits[(half >> shift) & 0xF];
}

std::string to_hex(std::uint64_t high, std::uint64_t low) {
  std::string text;
  text.reserve(2 * digits_per_half);
  append_hex(text, high);
  append_hex(text, low);
  return text;
}

std::optional<std::uint64_t> parse_half(std::string_view text) {
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return std::nullopt;
  std::uint64_t half = 0;
  std::from_chars(text.data(), text.data() + text.size(), half, 16);
  return half;
}

} // namespace

std::string to_string(const node_id& id) {
  return to_hex(id.high, id.low);
}

std::string to_string(const peer& who) {
  return to_string(who.node).substr(0, 8) + '/' + to_string(who.incarnation);
}

std::optional<node_id> parse_node_id(std::string_view text) {
  if (text.size() != 2 * digits_per_half)
    return std::nullopt;
  auto high = parse_half(text.substr(0, digits_per_half));
  auto low = parse_half(text.substr(digits_per_half));
  if (!high || !low)
    return std::nullopt;
  return node_id{*high, *low};
}

} // namespace chorus
