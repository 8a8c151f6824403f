#pragma once

#include <chrono>
#include <optional>

namespace chorus {

/// Lengths of time in the whole of chorus: signed nanoseconds, about 292 years each way.
using duration = std::chrono::nanoseconds;

/// The clock that pure code reckons by. It has no `now()` on purpose: whoever drives a protocol core
/// passes the time in, and only the clock seam (`seams.hpp`) knows where it comes from.
struct protocol_clock {
  using rep = chorus::duration::rep;
  using period = chorus::duration::period;
  using duration = chorus::duration;
  using time_point = std::chrono::time_point<protocol_clock>;
  static constexpr bool is_steady = true;
};

/// A moment of one node's steady clock. Moments of different nodes are not comparable.
using time_point = protocol_clock::time_point;

/// The earlier of two deadlines, either of which there may not be.
constexpr std::optional<time_point>
earliest(std::optional<time_point> one, std::optional<time_point> other) noexcept {
  if (one && other)
    return *one < *other ? one : other;
  return one ? one : other;
}

} // namespace chorus
