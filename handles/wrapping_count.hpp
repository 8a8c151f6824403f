#pragma once

#include <cstdint>

/// Arithmetic with counts of handles: modulo 2^64, because a hostile peer may have named any.
namespace chorus::handles {

constexpr std::uint64_t minus(std::uint64_t count) noexcept {
  return std::uint64_t{0} - count;
}

constexpr void add(std::int64_t& sum, std::uint64_t count) noexcept {
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + count);
}

} // namespace chorus::handles
