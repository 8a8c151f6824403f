#pragma once

#include <cstdint>

/// Who uses which timer of the transport (`transport::arm`).
namespace chorus::timer_keys {

inline constexpr std::uint64_t membership = 1;
inline constexpr std::uint64_t peers = 2;
inline constexpr std::uint64_t flow_control = 3;
inline constexpr std::uint64_t handles = 4;
inline constexpr std::uint64_t losing = 5;

} // namespace chorus::timer_keys
