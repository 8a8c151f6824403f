#include "worker.hpp"

#include <chorus/runtime/requests/fate.hpp>

#include <algorithm>
#include <any>
#include <chrono>

namespace chorus::testing::linked_calls {

using namespace std::chrono_literals;
using requests::duplicate_filter;
using requests::fate_at;
using requests::refusal;
using requests::request_semantics;
using requests::request_stage;

namespace {

requests::call_id id_of(const peer& from, const parcel& call) {
  return {{from, 0}, call.call.number};
}

parcel answer_to(const parcel& call, std::int64_t value) {
  auto what = call;
  what.kind = parcel::kind::answer;
  what.nature = call.answer;
  what.value = value;
  return what;
}

} // namespace

void worker::receive(time_point now, const peer& from, const parcel& call) {
  if (call.how == request_semantics::at_most_once && !admit(from, call))
    return;
  mailbox_.push_back({from, call});
  tick(now);
}

/// Whether the call is new.
bool worker::admit(const peer& from, const parcel& call) {
  auto id = id_of(from, call);
  request asker{from, call};
  auto verdict = filter_.admit(id, call.lowest_open);
  if (verdict == duplicate_filter::verdict::execute) {
    running_.insert_or_assign(id, asker);
    return true;
  }
  if (verdict == duplicate_filter::verdict::answered) {
    around_.met("kept answer given again");
    around_.answer(from, answer_to(call, std::any_cast<std::int64_t>(filter_.answer_to(id))));
    return false;
  }
  auto refused = asker;
  if (verdict == duplicate_filter::verdict::in_progress)
    refused = std::exchange(running_.at(id), asker);
  refused.call.kind = parcel::kind::refusal;
  refused.call.reason = *requests::refusal_of(verdict);
  refused.call.filling.clear();
  around_.answer(refused.from, refused.call);
  return false;
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
  auto asker = what.of;
  if (asker.call.how == request_semantics::at_most_once) {
    auto id = id_of(asker.from, asker.call);
    filter_.finish(id, what.value, sizeof what.value);
    asker = running_.extract(id).mapped();
  }
  around_.answer(asker.from, answer_to(asker.call, what.value));
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
  auto tell = [this](const request& who) {
    around_.met("worker ended under a call");
    around_.answer(who.from, failure_of(who.call, errc::not_found, fate_at(request_stage::handed_over)));
  };
  for (const auto& each : mailbox_)
    if (each.call.how != request_semantics::at_most_once)
      tell(each);
  for (const auto& [when, each] : executed_)
    if (each.of.call.how != request_semantics::at_most_once)
      tell(each.of);
  for (const auto& [id, each] : running_)
    tell(each);
}

} // namespace chorus::testing::linked_calls
