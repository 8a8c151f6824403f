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
  deviation_ += (std::chrono::abs(error) - deviation_) / 4;
}

duration round_trip_estimator::timeout() const {
  return measured_ ? std::clamp(mean_ + 4 * deviation_, shortest_, longest_) : longest_;
}

} // namespace chorus::membership::swim
