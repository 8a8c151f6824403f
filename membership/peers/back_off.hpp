#pragma once

#include <chorus/runtime/time.hpp>

#include <algorithm>
#include <chrono>

namespace chorus::membership::peers {

/// How long to wait until a relation that failed is tried again: longer each time, and short again once one
/// has held for as long as was waited for it.
class back_off {
public:
  static constexpr duration shortest = std::chrono::seconds{1};
  static constexpr duration longest = std::chrono::minutes{5};

  /// A relation has ended that was up for that long; zero if it never was.
  void held(duration lasted) {
    if (lasted > duration{} && lasted >= last_)
      last_ = {};
  }

  /// How long to wait now.
  duration next() {
    last_ = last_ == duration{} ? shortest : std::min(2 * last_, longest);
    return last_;
  }

private:
  duration last_{};
};

} // namespace chorus::membership::peers
