#pragma once

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/time.hpp>

#include <optional>

namespace chorus::link {

/// When to try again, and when to give up. It runs while something waits for the other end; each
/// try doubles the wait up to `config::resend_at_most`, progress sets it back.
class resend_timer {
public:
  explicit resend_timer(const config& settings) : settings_(settings), wait_(settings.resend_after) {}

  bool running() const noexcept { return next_try_.has_value(); }

  /// Starts, or starts again after progress.
  void restart(time_point now);

  void stop() noexcept { next_try_.reset(); }

  /// There was a try.
  void back_off(time_point now);

  /// The other end lives, although nothing has moved: only the end is put off.
  void heard(time_point now) noexcept { progress_at_ = now; }

  bool is_due(time_point now) const noexcept { return running() && *deadline() <= now; }

  /// Whether there was no progress for so long that there will be none. Pre: running.
  bool is_hopeless(time_point now) const noexcept { return now >= progress_at_ + settings_.give_up_after; }

  /// The next try or the end of patience.
  std::optional<time_point> deadline() const noexcept;

private:
  const config& settings_;
  duration wait_;
  std::optional<time_point> next_try_;
  time_point progress_at_;
};

} // namespace chorus::link
