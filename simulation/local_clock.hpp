#pragma once

#include <chorus/runtime/time.hpp>

#include <cstdint>

namespace chorus::simulation {

/// One node's steady clock: it started somewhere, and it may run fast, slow or jump. It never goes back.
///
/// The rate is in millionths of the true rate, so that all is integer arithmetic: 1'000'000 is true,
/// 1'100'000 gains a tenth. From a tenth to tenfold (checked).
class local_clock {
public:
  static constexpr std::int64_t true_rate = 1'000'000;

  /// It shows `shown` at the true moment `now`.
  local_clock(time_point now, time_point shown) : since_(now), shown_(shown) {}

  /// What it shows at the true moment `now`. Pre: not before the last call of a member.
  time_point at(time_point now) const;

  /// The first true moment at which it shows `shown` or more, if nothing changes; `now` if it does already.
  time_point when(time_point now, time_point shown) const;

  void set_rate(time_point now, std::int64_t millionths);

  /// Pre: `by` is not negative.
  void jump(time_point now, duration by);

  std::int64_t rate() const noexcept { return rate_; }

private:
  time_point since_; ///< true moment of the last change
  time_point shown_; ///< what it showed then
  std::int64_t rate_ = true_rate;
};

} // namespace chorus::simulation
