#include "worker.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/fate.hpp>

#include <algorithm>
#include <any>
#include <chrono>
#include <variant>

namespace chorus::testing::linked_calls {

using namespace std::chrono_literals;
using requests::fate_at;
using requests::request_semantics;
using requests::request_stage;
using requests::server_core;

namespace {

parcel answer_to(const parcel& call, std::int64_t value) {
  auto what = call;
  what.kind = parcel::kind::answer;
  what.nature = call.answer;
  what.value = value;
  return what;
}

} // namespace

void worker::receive(time_point now, const peer& from, const parcel& call) {
  if (call.how == request_semantics::at_most_once)
    take_tagged(now, from, call);
  else
    pass_on(now, {from, call});
}

void worker::pass_on(time_point now, request what) {
  mailbox_.push_back(std::move(what));
  tick(now);
}

void worker::take_tagged(time_point now, const peer& from, const parcel& call) {
  auto decision = core_.receive({{{from, 0}, call.call.number}, call.attempt}, call.lowest_open);
  if (auto* step = std::get_if<server_core::execute>(&decision))
    return pass_on(now, {from, call, step->execution});
  if (auto* kept = std::get_if<server_core::give_answer>(&decision)) {
    around_.met("kept answer given again");
    auto answer = std::any_cast<parcel>(kept->content);
    answer.attempt = call.attempt;
    return around_.answer(from, answer);
  }
  const auto& refused = std::get<server_core::refuse>(decision);
  auto what = call;
  what.kind = parcel::kind::refusal;
  what.attempt = refused.to.attempt;
  what.reason = refused.reason;
  what.filling.clear();
  around_.answer(from, what);
}

void worker::tick(time_point now) {
  if (busy_until_ && *busy_until_ <= now)
    busy_until_.reset();
  if (!busy_until_ && !mailbox_.empty()) {
    auto next = std::move(mailbox_.front());
    mailbox_.pop_front();
    execute(now, std::move(next));
  }
  while (!executed_.empty() && executed_.begin()->first <= now)
    answer(executed_.extract(executed_.begin()).mapped());
}

void worker::execute(time_point now, request what) {
  around_.executed(what.call, ++value_);
  busy_until_ = now + chance_.duration_between(1ms, 40ms);
  auto slowest = chance_.chance(0.1) ? duration{1s} : duration{150ms}; // some outlast the time of a try
  executed_.emplace(now + chance_.duration_between(0ms, slowest), result{std::move(what), value_});
}

/// An at-most-once call's answer is kept, and given to its last try.
void worker::answer(const result& what) {
  auto text = answer_to(what.of.call, what.value);
  if (what.of.call.how == request_semantics::at_most_once) {
    auto last_try = core_.answered(what.of.execution, text, sizeof what.value);
    CHORUS_CHECK(last_try, "an execution is answered once");
    text.attempt = last_try->attempt;
  }
  around_.answer(what.of.from, text);
}

std::optional<time_point> worker::next_deadline() const {
  std::optional<time_point> next;
  if (!mailbox_.empty())
    next = busy_until_;
  if (!executed_.empty())
    next = next ? std::min(*next, executed_.begin()->first) : executed_.begin()->first;
  return next;
}

void worker::end() {
  auto tell = [this](const peer& who, const parcel& call) {
    around_.met("worker ended under a call");
    around_.answer(who, failure_of(call, errc::not_found, fate_at(request_stage::handed_over)));
  };
  for (const auto& each : mailbox_)
    if (each.call.how != request_semantics::at_most_once)
      tell(each.from, each.call);
  for (const auto& [when, each] : executed_)
    if (each.of.call.how != request_semantics::at_most_once)
      tell(each.of.from, each.of.call);
  for (const auto& each : core_.worker_ended()) {
    const auto& caller = each.call.caller.home;
    parcel call;
    call.call = {caller, each.call.number};
    call.attempt = each.attempt;
    tell(caller, call);
  }
}

} // namespace chorus::testing::linked_calls
