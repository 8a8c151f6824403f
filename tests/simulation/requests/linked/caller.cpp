#include "caller.hpp"

#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/try_failure.hpp>

#include <algorithm>

namespace chorus::testing::linked_calls {

using requests::attempts;
using requests::fate_at;
using requests::next_step;
using requests::refusal;
using requests::request_fate;
using requests::request_semantics;
using requests::request_stage;

void caller::begin(time_point now, const order& what) {
  auto policy = retry_;
  if (what.how == request_semantics::maybe)
    policy.tries = 1;
  attempts tries{policy, now, chance_.split()};
  calls_.emplace(what.call.number, open_call{what, tries, what.whom, 0, false});
}

void caller::tick(time_point now) {
  for (auto each = calls_.begin(); each != calls_.end();)
    advance(now, each++);
}

std::optional<time_point> caller::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& [number, each] : calls_)
    if (auto deadline = each.tries.next_deadline())
      next = next ? std::min(*next, *deadline) : deadline;
  return next;
}

void caller::advance(time_point now, call_table::iterator which) {
  switch (which->second.tries.next(now)) {
  case attempts::step::give_up:
    return end(which, std::nullopt);
  case attempts::step::send:
    return send_try(now, which);
  case attempts::step::wait:
    break;
  }
}

/// May end the call.
void caller::send_try(time_point now, call_table::iterator which) {
  auto& open = which->second;
  if (!open.whom)
    open.whom = around_.find();
  if (!open.whom)
    return open.tries.failed(now, true, request_fate::not_executed);
  open.last_attempt = ++last_attempt_;
  parcel what;
  what.kind = parcel::kind::call;
  what.call = open.what.call;
  what.attempt = open.last_attempt;
  what.how = open.what.how;
  what.worker = open.whom->worker;
  what.lowest_open = lowest_open(*open.whom, which->first);
  what.answer = open.what.answer;
  what.nature = open.what.nature;
  what.filling = open.what.filling;
  around_.tried(open.what.call);
  tries_.emplace(what.attempt, which->first);
  requests_.emplace(what.attempt, open.whom->home);
  auto code = open.whom->has_ended ? errc::node_down : around_.send(open.whom->home, what);
  if (open.whom->has_ended)
    around_.met("call finds its handle ended");
  if (code == errc::none)
    return;
  if (code == errc::overloaded)
    around_.met("call finds the link full");
  failed(now, what.attempt, code, fate_at(request_stage::not_sent));
}

/// Of calls that the target remembers.
std::uint64_t caller::lowest_open(const target& at, std::uint64_t at_most) const {
  for (const auto& [number, each] : calls_)
    if (each.what.how == request_semantics::at_most_once && each.whom && each.whom->home == at.home
        && each.whom->worker == at.worker)
      return std::min(number, at_most);
  return at_most;
}

void caller::receive(time_point now, const peer& from, const parcel& what) {
  auto sent = requests_.find(what.attempt);
  if (sent == requests_.end() || sent->second != from)
    return; // answered already, for example because the link was lost
  if (what.kind == parcel::kind::failure)
    return failed(now, what.attempt, what.code, what.fate);
  requests_.erase(sent);
  auto known = tries_.find(what.attempt);
  if (known == tries_.end())
    return; // the call has ended
  auto which = calls_.find(known->second);
  if (what.kind == parcel::kind::refusal)
    return refused(now, which, what);
  if (which->second.was_refused_by_leaving)
    around_.met("answered by a leaving node that refused a later try");
  end(which, what.value);
}

void caller::bounced(time_point now, const parcel& call, errc code) {
  around_.met("call comes back unsent: " + std::string{to_string(code)});
  failed(now, call.attempt, code, fate_at(request_stage::not_sent));
}

void caller::lose(time_point now, const peer& other) {
  for (auto& [number, each] : calls_)
    if (each.whom && each.whom->home == other)
      each.whom->has_ended = true;
  std::vector<std::uint64_t> lost;
  for (const auto& [attempt, to] : requests_)
    if (to == other)
      lost.push_back(attempt);
  for (auto attempt : lost) {
    around_.met("link lost under a call");
    failed(now, attempt, errc::node_down, fate_at(request_stage::sent));
  }
}

/// Something other than the target has ended a try.
void caller::failed(time_point now, std::uint64_t attempt, errc code, request_fate fate) {
  if (requests_.erase(attempt) == 0)
    return;
  auto known = tries_.find(attempt);
  if (known == tries_.end())
    return;
  auto which = calls_.find(known->second);
  auto& open = which->second;
  open.tries.failed(now, attempt == open.last_attempt, fate);
  auto can_find = open.what.how == request_semantics::at_least_once;
  auto failure = requests::failure_of(code);
  if (failure == requests::try_failure::no_room && fate == request_fate::executed)
    around_.met("executed, and tried again for its answer");
  auto is_leaving = failure == requests::try_failure::target_leaving;
  switch (after(failure, can_find, open.tries.has_open_tries())) {
  case next_step::give_up:
    if (is_leaving && has_sent_tries(which->first))
      around_.abandoned(open.what.call);
    return end(which, std::nullopt);
  case next_step::await_open_tries:
    open.was_refused_by_leaving = true;
    open.tries.await_open_tries();
    break;
  case next_step::find_target:
    open.whom.reset();
    break;
  case next_step::try_again:
    break;
  }
}

/// That may still be answered, by the books of the node and not by those of the call.
bool caller::has_sent_tries(std::uint64_t number) const {
  return std::ranges::any_of(tries_, [&](const auto& each) {
    return each.second == number && requests_.contains(each.first);
  });
}

void caller::refused(time_point now, call_table::iterator which, const parcel& what) {
  auto& open = which->second;
  open.tries.failed(now, what.attempt == open.last_attempt, fate_of(what.reason));
  if (what.reason != refusal::overloaded && what.reason != refusal::superseded)
    end(which, std::nullopt);
}

void caller::end(call_table::iterator which, std::optional<std::int64_t> answer) {
  auto ended = std::move(which->second);
  auto number = which->first;
  calls_.erase(which);
  std::erase_if(tries_, [&](const auto& item) { return item.second == number; });
  around_.ended(ended.what.call, answer, ended.tries.fate());
}

} // namespace chorus::testing::linked_calls
