#pragma once

#include <chorus/runtime/codec/coder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace chorus::codec {

/// The number of ticks; an integer as 64 bits, whatever this library's type counts in. The unit is part
/// of the type and not of the bytes.
template <class Ticks, class Period>
struct coder<std::chrono::duration<Ticks, Period>> {
  using duration = std::chrono::duration<Ticks, Period>;
  using wide = std::conditional_t<
      std::is_floating_point_v<Ticks>,
      Ticks,
      std::conditional_t<std::is_signed_v<Ticks>, std::int64_t, std::uint64_t>>;

  static_assert(std::is_arithmetic_v<Ticks>, "only durations that count in numbers");

  static constexpr std::size_t least = sizeof(wide);
  static constexpr bool leaf = true;

  template <class Writer>
  static void save(Writer& out, const duration& value) {
    out(static_cast<wide>(value.count()));
  }

  template <class Reader>
  static void load(Reader& in, duration& value) {
    wide ticks{};
    in(ticks);
    if constexpr (std::is_integral_v<Ticks>) {
      if (!std::in_range<Ticks>(ticks))
        in.refuse("a duration that its type cannot hold");
    }
    value = duration{static_cast<Ticks>(ticks)};
  }
};

/// The time since the clock's epoch.
template <class Clock, class Duration>
struct coder<std::chrono::time_point<Clock, Duration>> {
  static constexpr std::size_t least = least_size<Duration>;
  static constexpr bool leaf = true;

  template <class Writer>
  static void save(Writer& out, const std::chrono::time_point<Clock, Duration>& value) {
    out(value.time_since_epoch());
  }

  template <class Reader>
  static void load(Reader& in, std::chrono::time_point<Clock, Duration>& value) {
    Duration since_epoch{};
    in(since_epoch);
    value = std::chrono::time_point<Clock, Duration>{since_epoch};
  }
};

} // namespace chorus::codec
