#include "caller_host.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/try_failure.hpp>

#include <algorithm>
#include <variant>
#include <vector>

namespace chorus::testing::linked_calls {

using requests::caller_core;
using requests::fate_at;
using requests::request_fate;
using requests::request_semantics;
using requests::request_stage;
using requests::try_failure;

// -- what goes into the core -----------------------------------------------------------------------------

void caller_host::begin(time_point now, const order& what) {
  caller_core::new_call asked{retry_};
  if (what.how == request_semantics::maybe)
    asked.retry.tries = 1;
  asked.can_find_target = what.how == request_semantics::at_least_once;
  if (what.how == request_semantics::at_most_once)
    asked.server = {what.whom.home, what.whom.worker};
  auto number = core_.begin(now, asked);
  CHORUS_CHECK(number, "few calls of a good policy");
  calls_.emplace(*number, call_record{what, now + retry_.deadline});
  around_.begun(key_of(*number), what.how);
  perform_steps(now);
}

void caller_host::tick(time_point now) {
  core_.tick(now);
  perform_steps(now);
}

void caller_host::receive(time_point now, const peer& from, const parcel& what) {
  auto sent = requests_.find(what.attempt);
  if (sent == requests_.end() || sent->second.to != from)
    return; // answered already, for example because the link was lost
  if (what.kind == parcel::kind::failure) {
    failed(now, what.attempt, what.code, what.fate);
  } else {
    requests_.erase(sent);
    auto call = core_.call_of(what.attempt);
    if (what.kind == parcel::kind::refusal) {
      core_.refused(now, what.attempt, what.reason);
    } else if (call) {
      if (calls_.at(*call).was_refused_by_leaving)
        around_.met("answered by a leaving node that refused a later try");
      calls_.at(*call).answer = what.value;
      core_.answered(now, what.attempt);
    }
  }
  perform_steps(now);
}

void caller_host::bounced(time_point now, const parcel& call, errc code) {
  around_.met("call comes back unsent: " + std::string{to_string(code)});
  failed(now, call.attempt, code, fate_at(request_stage::not_sent));
  perform_steps(now);
}

void caller_host::lose(time_point now, const peer& other) {
  for (auto& [number, each] : calls_)
    if (each.what.whom.home == other)
      each.what.whom.has_ended = true;
  std::vector<std::uint64_t> lost;
  for (const auto& [attempt, each] : requests_)
    if (each.to == other)
      lost.push_back(attempt);
  for (auto attempt : lost) {
    around_.met("link lost under a call");
    failed(now, attempt, errc::node_down, fate_at(request_stage::sent));
  }
  perform_steps(now);
}

/// Something other than the target has ended a try.
void caller_host::failed(time_point now, std::uint64_t attempt, errc code, request_fate fate) {
  if (requests_.erase(attempt) == 0)
    return;
  auto call = core_.call_of(attempt);
  if (!call)
    return;
  auto why = requests::failure_of(code);
  if (why == try_failure::no_room && fate == request_fate::executed)
    around_.met("executed, and tried again for its answer");
  auto& open = calls_.at(*call);
  auto other = request_of(*call);
  if (why == try_failure::target_leaving && other)
    open.was_refused_by_leaving = true;
  core_.failed(now, attempt, {why, code, fate});
  auto has_ended = other && !core_.call_of(*other);
  if (why == try_failure::target_leaving && has_ended && now < open.ends_by)
    around_.abandoned(key_of(*call));
}

/// A try that may still be answered, by the books of the node and not by those of the call.
std::optional<std::uint64_t> caller_host::request_of(std::uint64_t call) const {
  auto sent = std::ranges::find_if(requests_, [&](const auto& each) { return each.second.call == call; });
  return sent == requests_.end() ? std::nullopt : std::optional{sent->first};
}

// -- what comes out of it --------------------------------------------------------------------------------

void caller_host::perform_steps(time_point now) {
  while (auto step = core_.take_step())
    std::visit([&](const auto& what) { perform(now, what); }, *step);
}

void caller_host::perform(time_point now, const caller_core::send& step) {
  const auto& asked = calls_.at(step.call).what;
  parcel what;
  what.kind = parcel::kind::call;
  what.call = key_of(step.call);
  what.attempt = step.attempt;
  what.how = asked.how;
  what.worker = asked.whom.worker;
  what.lowest_open = step.lowest_open;
  what.answer = asked.answer;
  what.nature = asked.nature;
  what.filling = asked.filling;
  around_.tried(what.call);
  requests_.emplace(step.attempt, request{asked.whom.home, step.call});
  if (asked.whom.has_ended)
    around_.met("call finds its handle ended");
  auto code = asked.whom.has_ended ? errc::node_down : around_.send(asked.whom.home, what);
  if (code == errc::overloaded)
    around_.met("call finds the link full");
  if (code != errc::none)
    failed(now, step.attempt, code, fate_at(request_stage::not_sent));
}

void caller_host::perform(time_point now, const caller_core::find_target& step) {
  auto whom = around_.find();
  if (whom)
    calls_.at(step.call).what.whom = *whom;
  core_.found(now, step.call, whom.has_value());
}

void caller_host::perform(time_point, const caller_core::ended& step) {
  around_.ended(key_of(step.call), calls_.at(step.call).answer, step.fate);
}

/// One way: lost if there is no room.
void caller_host::perform(time_point, const caller_core::acknowledge& step) {
  parcel what;
  what.kind = parcel::kind::acknowledgement;
  what.worker = step.server.number;
  what.lowest_open = step.lowest_open;
  if (around_.send(step.server.home, what) == errc::none)
    around_.met("acknowledged without a call");
}

} // namespace chorus::testing::linked_calls
