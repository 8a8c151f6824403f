#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <optional>

namespace chorus::requests {

/// The tries of one call: when to try again, when to give up, and what is known then. It does not send:
/// its host asks `next`, does what that says, and reports what became of it.
class attempts {
public:
  enum class step : std::uint8_t {
    wait,    ///< until `next_deadline()`
    send,    ///< now; counted as sent
    give_up, ///< told once; there is no further try
  };

  /// Pre: the policy is valid.
  attempts(const retry_policy& policy, time_point now, random_generator chance);

  step next(time_point now);

  /// When to ask `next` again; nothing once it has ended.
  std::optional<time_point> next_deadline() const noexcept;

  /// One of the tries failed; the next one comes after a pause. For each try at most once. If the failed try
  /// was not the last one, only what is known of it changes, unless its end was awaited.
  void failed(time_point now, bool last_try, request_fate fate);

  /// Whether a try that was sent may still be answered.
  bool has_open_tries() const noexcept { return failed_ < tries_; }

  /// Sends no further try before all that are open have failed; then goes on after a pause. The deadline of
  /// the call stands. Pre: `has_open_tries()`.
  void await_open_tries() noexcept;

  /// There is an answer, or no sense in going on. Idempotent.
  void end() noexcept { ended_ = true; }

  bool has_ended() const noexcept { return ended_; }

  std::uint32_t tries() const noexcept { return tries_; }

  /// What is known of the call, if it ends now without an answer: one try that was executed is enough, and
  /// not executed is what none of them was.
  request_fate fate() const noexcept;

private:
  void pause(time_point now);

  retry_policy policy_;
  random_generator chance_;
  time_point give_up_at_;
  time_point next_at_;      ///< of the next try; or, while one waits for its answer, the end of its time
  bool is_waiting_ = false; ///< for the answer of the last try
  duration next_pause_;
  std::uint32_t tries_ = 0;
  std::uint32_t failed_ = 0;
  std::uint32_t refused_ = 0; ///< tries that were certainly not executed
  bool was_executed_ = false; ///< by one of the tries, certainly
  bool awaits_all_ = false;   ///< open tries; `is_waiting_` then, too
  bool ended_ = false;
};

} // namespace chorus::requests
