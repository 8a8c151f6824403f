#include <chorus/membership/swim/round_trip.hpp>

#include <algorithm>

namespace chorus::membership::swim {

void round_trip_estimator::measure(duration round_trip) {
  const auto sample = std::clamp(round_trip, duration::zero(), longest_);
  if (!measured_) {
    measured_ = true;
    mean_ = sample;
    deviation_ = sample / 2;
    return;
  }
  const auto error = sample - mean_;
  mean_ += error / 8;
  const auto more = std::chrono::abs(error) - deviation_;
  deviation_ += more > duration::zero() ? more / 4 : more / 64;
}

duration round_trip_estimator::timeout() const {
  return measured_ ? std::clamp(mean_ + 4 * deviation_, shortest_, longest_) : longest_;
}

} // namespace chorus::membership::swim
