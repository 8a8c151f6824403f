#include "resend_timer.hpp"

#include <algorithm>

namespace chorus::link {

void resend_timer::restart(time_point now) {
  wait_ = settings_.resend_after;
  next_try_ = now + wait_;
  progress_at_ = now;
}

void resend_timer::back_off(time_point now) {
  wait_ = std::min(2 * wait_, settings_.resend_at_most);
  next_try_ = now + wait_;
}

std::optional<time_point> resend_timer::deadline() const noexcept {
  if (!running())
    return std::nullopt;
  return std::min(*next_try_, progress_at_ + settings_.give_up_after);
}

} // namespace chorus::link
