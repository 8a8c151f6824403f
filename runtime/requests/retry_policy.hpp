#pragma once

#include <chorus/runtime/time.hpp>

#include <chrono>
#include <cstdint>

namespace chorus::requests {

/// When a request is tried again, and when that ends.
///
/// Pauses between tries double from `pause` to `pause_at_most`, and each is drawn from its upper half:
/// callers that failed together do not come back together (Brooker, "Exponential backoff and jitter", 2015).
struct retry_policy {
  /// How long one try may go without an answer. Its answer still counts when it comes later.
  duration answer_within = std::chrono::seconds{1};

  /// Before the second try.
  duration pause = std::chrono::milliseconds{100};

  duration pause_at_most = std::chrono::seconds{2};

  /// From the first try to the end, whatever has been tried until then.
  duration deadline = std::chrono::seconds{30};

  /// Tries in all, the first included.
  std::uint32_t tries = 20;

  /// Everything is positive.
  bool is_valid() const noexcept {
    return answer_within > duration{} && pause > duration{} && pause_at_most > duration{}
           && deadline > duration{} && tries > 0;
  }
};

} // namespace chorus::requests
