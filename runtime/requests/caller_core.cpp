#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/caller_core.hpp>

#include <string>

namespace chorus::requests {

std::optional<caller_core::step> caller_core::take_step() {
  if (taken_ < steps_.size())
    return steps_[taken_++];
  steps_.clear();
  taken_ = 0;
  return std::nullopt;
}

// -- calls -----------------------------------------------------------------------------------------------

result<std::uint64_t> caller_core::begin(time_point now, const new_call& what) {
  CHORUS_CHECK(!what.server || !what.can_find_target, "a server's calls are tried at no other");
  if (!what.retry.is_valid())
    return error{errc::invalid_argument, "the retry policy has a number that is not positive"};
  if (!what.has_target && !what.can_find_target)
    return error{errc::invalid_argument, "the request has no receiver: its handle is empty"};
  if (calls_.size() >= open_calls_limit)
    return error{
        errc::overloaded,
        "this caller has " + std::to_string(open_calls_limit) + " open calls; wait for answers"};
  auto number = ++last_call_;
  open_call call{{what.retry, now, chance_.split()}, what.server, what.has_target, what.can_find_target};
  auto which = calls_.emplace_hint(calls_.end(), number, std::move(call));
  if (what.server)
    servers_[*what.server].open.insert(number);
  advance(which, now);
  return number;
}

void caller_core::tick(time_point now) {
  while (!due_.empty() && due_.begin()->first <= now)
    advance(calls_.find(due_.begin()->second), now);
  if (acknowledge_at_ && *acknowledge_at_ <= now)
    acknowledge_to_idle(now);
}

std::optional<time_point> caller_core::next_deadline() const {
  return due_.empty() ? acknowledge_at_ : earliest(acknowledge_at_, due_.begin()->first);
}

std::optional<std::uint64_t> caller_core::call_of(std::uint64_t attempt) const {
  auto known = attempts_.find(attempt);
  return known == attempts_.end() ? std::nullopt : std::optional{known->second};
}

/// May end the call.
void caller_core::advance(call_table::iterator which, time_point now) {
  switch (which->second.tries.next(now)) {
  case attempts::step::give_up:
    return give_up(which, now);
  case attempts::step::send:
    if (which->second.has_target)
      send_try(which);
    else
      steps_.push_back(find_target{which->first});
    break;
  case attempts::step::wait:
    break;
  }
  schedule(which);
}

void caller_core::send_try(call_table::iterator which) {
  auto& [number, call] = *which;
  if (call.last_attempt != 0)
    call.earlier_attempts.push_back(call.last_attempt);
  call.last_attempt = ++last_attempt_;
  attempts_.emplace_hint(attempts_.end(), call.last_attempt, number);
  auto lowest_open = call.server ? *servers_.at(*call.server).open.begin() : 0;
  steps_.push_back(send{number, call.last_attempt, lowest_open});
}

void caller_core::found(time_point now, std::uint64_t number, bool somebody) {
  auto which = calls_.find(number);
  if (which == calls_.end())
    return;
  auto& call = which->second;
  call.has_target = somebody;
  if (somebody)
    return send_try(which);
  call.last_failure = errc::unavailable;
  call.tries.failed(now, true, request_fate::not_executed);
  schedule(which);
}

// -- what comes back -------------------------------------------------------------------------------------

void caller_core::answered(time_point now, std::uint64_t attempt) {
  if (auto which = take(attempt); which != calls_.end())
    end(which, now, {.how = ended::how::answered});
}

void caller_core::refused(time_point now, std::uint64_t attempt, refusal reason) {
  auto which = take(attempt);
  if (which == calls_.end())
    return;
  auto& call = which->second;
  note(call, now, attempt, fate_of(reason));
  switch (reason) {
  case refusal::superseded: // the later try is answered
    return advance(which, now);
  case refusal::overloaded:
    call.last_failure = code_of(reason);
    return advance(which, now);
  case refusal::not_kept:
  case refusal::stale:
    break;
  }
  call.last_failure = code_of(reason);
  give_up(which, now);
}

void caller_core::failed(time_point now, std::uint64_t attempt, const failure& why) {
  auto which = take(attempt);
  if (which == calls_.end())
    return;
  auto& call = which->second;
  note(call, now, attempt, why.fate);
  if (why.why == try_failure::hopeless)
    return end(which, now, {.how = ended::how::hopeless, .code = why.code, .fate = call.tries.fate()});
  call.last_failure = why.code;
  switch (after(why.why, call.can_find_target, call.tries.has_open_tries())) {
  case next_step::give_up:
    return give_up(which, now);
  case next_step::await_open_tries:
    call.tries.await_open_tries();
    break;
  case next_step::find_target:
    call.has_target = false;
    break;
  case next_step::try_again:
    break;
  }
  advance(which, now);
}

/// A try ends once: it is not known afterwards.
caller_core::call_table::iterator caller_core::take(std::uint64_t attempt) {
  auto known = attempts_.find(attempt);
  if (known == attempts_.end())
    return calls_.end();
  auto which = calls_.find(known->second);
  attempts_.erase(known);
  return which;
}

void caller_core::note(open_call& which, time_point now, std::uint64_t attempt, request_fate fate) {
  which.tries.failed(now, attempt == which.last_attempt, fate);
}

// -- ends ------------------------------------------------------------------------------------------------

/// Where it is not known whether the call was executed, this is more than the reason of the last failure.
void caller_core::give_up(call_table::iterator which, time_point now) {
  auto fate = which->second.tries.fate();
  auto code = fate == request_fate::not_executed ? errc::unavailable : errc::outcome_unknown;
  if (fate != request_fate::unknown && which->second.last_failure != errc::none)
    code = which->second.last_failure;
  end(which, now, {.how = ended::how::given_up, .code = code, .fate = fate});
}

void caller_core::give_up_all(time_point now, errc code) {
  while (!calls_.empty()) {
    calls_.begin()->second.last_failure = code;
    give_up(calls_.begin(), now);
  }
}

void caller_core::end(call_table::iterator which, time_point now, ended how) {
  const auto& [number, call] = *which;
  how.call = number;
  how.tries = call.tries.tries();
  steps_.push_back(how);
  attempts_.erase(call.last_attempt);
  for (auto each : call.earlier_attempts)
    attempts_.erase(each);
  if (call.due)
    due_.erase({*call.due, number});
  if (call.server) {
    auto& known = servers_.at(*call.server);
    known.open.erase(number);
    known.idle_since = now;
    if (known.open.empty() && !acknowledge_at_)
      acknowledge_at_ = now + acknowledge_after;
  }
  calls_.erase(which);
}

/// Tells servers that have not heard of this caller for a while that it has all its answers.
void caller_core::acknowledge_to_idle(time_point now) {
  acknowledge_at_.reset();
  std::erase_if(servers_, [&](const auto& item) {
    const auto& [server, known] = item;
    if (!known.open.empty())
      return false;
    auto due = known.idle_since + acknowledge_after;
    if (now < due) {
      acknowledge_at_ = earliest(acknowledge_at_, due);
      return false;
    }
    steps_.push_back(acknowledge{server, last_call_ + 1});
    return true;
  });
}

void caller_core::schedule(call_table::iterator which) {
  auto& [number, call] = *which;
  auto next = call.tries.next_deadline();
  if (next == call.due)
    return;
  if (call.due)
    due_.erase({*call.due, number});
  if (next)
    due_.emplace(*next, number);
  call.due = next;
}

} // namespace chorus::requests
