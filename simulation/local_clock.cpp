#include "local_clock.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::simulation {

namespace {

/// Later than any simulation lasts; tenfold it still fits into 64 bits.
constexpr duration far_away = std::chrono::hours{24 * 3650};

enum class rounded { down, up };

/// `time * over / under`, without a product beyond 64 bits.
duration scaled(duration time, std::int64_t over, std::int64_t under, rounded how) {
  auto whole = time.count() / under;
  auto product = time.count() % under * over;
  return duration{whole * over + (product + (how == rounded::up ? under - 1 : 0)) / under};
}

} // namespace

time_point local_clock::at(time_point now) const {
  CHORUS_CHECK(now >= since_, "true time does not go back");
  return shown_ + scaled(now - since_, rate_, true_rate, rounded::down);
}

time_point local_clock::when(time_point now, time_point shown) const {
  if (at(now) >= shown)
    return now;
  return since_ + scaled(std::min(shown - shown_, far_away), true_rate, rate_, rounded::up);
}

void local_clock::set_rate(time_point now, std::int64_t millionths) {
  CHORUS_CHECK(millionths >= true_rate / 10 && millionths <= true_rate * 10, "a clock that runs");
  shown_ = at(now);
  since_ = now;
  rate_ = millionths;
}

void local_clock::jump(time_point now, duration by) {
  CHORUS_CHECK(by >= duration::zero(), "a steady clock does not go back");
  shown_ = at(now) + by;
  since_ = now;
}

} // namespace chorus::simulation
