#pragma once

#include <cstdint>
#include <string_view>

namespace chorus {

/// FNV-1a, 64 bits (Fowler, Noll, Vo: http://www.isthe.com/chongo/tech/comp/fnv/): tells names apart in a few
/// bytes. Whoever wants to can find two names with one hash.
constexpr std::uint64_t fnv_1a(std::string_view text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  return hash;
}

/// The hash of the text without its last letter: a step of the hash can be undone, because its factor is odd
/// and so has an inverse modulo 2^64.
constexpr std::uint64_t fnv_1a_without(std::uint64_t hash, char last) noexcept {
  return (hash * 0xCE965057AFF6957B) ^ static_cast<unsigned char>(last);
}

} // namespace chorus
