#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/attempts.hpp>

#include <algorithm>

namespace chorus::requests {

attempts::attempts(const retry_policy& policy, time_point now, random_generator chance)
    : policy_(policy), chance_(chance), give_up_at_(now + policy.deadline), next_at_(now),
      next_pause_(policy.pause) {
  CHORUS_CHECK(policy.is_valid(), "a retry policy of positive numbers");
}

attempts::step attempts::next(time_point now) {
  if (ended_)
    return step::wait;
  if (is_waiting_ && now >= next_at_)
    pause(now);
  auto is_exhausted = !is_waiting_ && tries_ == policy_.tries;
  if (is_exhausted || now >= give_up_at_) {
    end();
    return step::give_up;
  }
  if (is_waiting_ || now < next_at_)
    return step::wait;
  ++tries_;
  is_waiting_ = true;
  next_at_ = now + policy_.answer_within;
  return step::send;
}

std::optional<time_point> attempts::next_deadline() const noexcept {
  if (ended_)
    return std::nullopt;
  auto is_exhausted = !is_waiting_ && tries_ == policy_.tries;
  return is_exhausted ? next_at_ : std::min(next_at_, give_up_at_);
}

void attempts::failed(time_point now, bool last_try, request_fate fate) {
  ++failed_;
  if (fate == request_fate::not_executed)
    ++refused_;
  was_executed_ = was_executed_ || fate == request_fate::executed;
  CHORUS_CHECK(refused_ <= tries_, "a try fails at most once");
  auto ends_waiting = awaits_all_ ? !has_open_tries() : last_try && is_waiting_;
  if (ends_waiting && !ended_)
    pause(now);
}

void attempts::await_open_tries() noexcept {
  awaits_all_ = true;
  is_waiting_ = true;
  next_at_ = give_up_at_;
}

request_fate attempts::fate() const noexcept {
  if (was_executed_)
    return request_fate::executed;
  return tries_ == refused_ ? request_fate::not_executed : request_fate::unknown;
}

/// After the last try there is nothing to wait for.
void attempts::pause(time_point now) {
  is_waiting_ = false;
  awaits_all_ = false;
  if (tries_ == policy_.tries) {
    next_at_ = now;
    return;
  }
  next_at_ = now + chance_.duration_between(next_pause_ / 2, next_pause_);
  next_pause_ = std::min(2 * next_pause_, policy_.pause_at_most);
}

} // namespace chorus::requests
