#include "state_machine.hpp"

#include <algorithm>
#include <string_view>

namespace chorus::simulation {

namespace {

/// A few bytes from there on, in hexadecimal.
std::string excerpt_of(const_bytes bytes, std::size_t from) {
  constexpr std::size_t most = 8;
  constexpr std::string_view digits = "0123456789abcdef";
  if (from == bytes.size())
    return "nothing";
  std::string text;
  for (auto at = from; at < std::min(bytes.size(), from + most); ++at) {
    text += digits[std::to_integer<std::size_t>(bytes[at] >> 4)];
    text += digits[std::to_integer<std::size_t>(bytes[at] & std::byte{15})];
  }
  return bytes.size() > from + most ? text + "..." : text;
}

} // namespace

std::string to_string(const divergence& found) {
  auto text = "seed " + std::to_string(found.seed) + ", command " + std::to_string(found.command)
              + ", replica " + std::to_string(found.replica);
  if (found.restored)
    text += " (restored from a snapshot before command " + std::to_string(*found.restored) + ')';
  return text + ": " + found.how;
}

std::string detail::difference(const std::string& what, const_bytes expected, const_bytes found) {
  auto [one, other] = std::ranges::mismatch(expected, found);
  auto at = static_cast<std::size_t>(one - expected.begin());
  return what + " differs from replica 0's at byte " + std::to_string(at) + ": " + excerpt_of(found, at)
         + " instead of " + excerpt_of(expected, at);
}

} // namespace chorus::simulation
