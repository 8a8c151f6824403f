#include "protocol.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/try_failure.hpp>

#include <algorithm>
#include <any>
#include <variant>

namespace chorus::testing::counter_calls {

using requests::caller_core;
using requests::refusal;
using requests::server_core;
using requests::try_failure;

wire_message wire::encode(const message& what) {
  return {codec::encode(what), {}};
}

result<message> wire::decode(const shared_bytes& head, const shared_bytes&) {
  return codec::decode<message>(head.view());
}

std::string wire::describe(const message& what) {
  auto call = std::to_string(what.number);
  switch (what.kind) {
  case kind::call:
    call.insert(0, std::string{to_string(what.how)} + " call ");
    return what.how == request_semantics::at_most_once
               ? call + ", lowest open " + std::to_string(what.lowest_open)
               : call;
  case kind::answer:
    return "answer to " + call + ": " + std::to_string(what.value);
  case kind::refusal:
    switch (what.reason) {
    case refusal::overloaded:
      return "refusal of " + call + ": overloaded";
    case refusal::superseded:
      return "refusal of " + call + ": superseded";
    case refusal::not_kept:
      return "no answer to " + call + " any more: executed";
    case refusal::stale:
      return "no answer to " + call + " any more: given up";
    }
    break;
  case kind::acknowledgement:
    return "acknowledges answers below " + std::to_string(what.lowest_open);
  case kind::who:
    return "which life is this?";
  case kind::another_life:
    return "refusal of " + call + ": this is life " + to_string(what.server_life);
  }
  return "nonsense";
}

// -- the server ------------------------------------------------------------------------------------------

void server::receive(time_point now, const peer& from, const message& what) {
  if (is_of_an_earlier_life(from))
    return;
  switch (what.kind) {
  case kind::call:
    return take_call(now, from, what);
  case kind::who:
    return reply(from, what, kind::another_life);
  case kind::acknowledgement:
    return core_.acknowledge({from, 0}, what.lowest_open);
  default:
    return;
  }
}

/// That a later try takes the place of another is not told: here the other may be a copy of that same try.
void server::take_call(time_point now, const peer& from, const message& what) {
  if (what.server_life != settings_.life)
    return reply(from, what, kind::another_life);
  if (what.how != request_semantics::at_most_once)
    return begin(now, {from, what});
  auto decision = core_.receive({{{from, 0}, what.number}, what.attempt}, what.lowest_open);
  if (auto* step = std::get_if<server_core::execute>(&decision))
    return begin(now, {from, what, step->execution});
  if (auto* kept = std::get_if<server_core::give_answer>(&decision)) {
    output_.steps.push_back(passed_over{std::nullopt, from, what.number});
    return answer(from, what, std::any_cast<std::int64_t>(kept->content));
  }
  auto refused = what;
  refused.reason = std::get<server_core::refuse>(decision).reason;
  output_.steps.push_back(passed_over{refused.reason, from, what.number});
  if (refused.reason != refusal::superseded)
    reply(from, refused, kind::refusal);
}

/// What the link does in a node: it delivers nothing of a life after one of the next.
bool server::is_of_an_earlier_life(const peer& from) {
  auto& newest = lives_[from.node];
  if (from.incarnation < newest)
    return true;
  if (from.incarnation > newest) {
    core_.life_ended({from.node, newest});
    newest = from.incarnation;
  }
  return false;
}

void server::begin(time_point now, const running& what) {
  running_.emplace(now + chance_.duration_between(settings_.quickest, settings_.slowest), what);
  tick(now);
}

void server::tick(time_point now) {
  while (!running_.empty() && running_.begin()->first <= now) {
    auto [from, what, execution] = running_.extract(running_.begin()).mapped();
    ++value_;
    output_.steps.push_back(executed{what.how, from, what.number, value_});
    if (what.how == request_semantics::at_most_once) {
      auto last_try = core_.answered(execution, value_, sizeof value_);
      CHORUS_CHECK(last_try, "an execution is answered once");
      what.attempt = last_try->attempt;
    }
    answer(from, what, value_);
  }
}

std::optional<time_point> server::next_deadline() const {
  if (running_.empty())
    return std::nullopt;
  return running_.begin()->first;
}

void server::answer(const peer& to, const message& call, std::int64_t value) {
  auto text = call;
  text.value = value;
  reply(to, text, kind::answer);
}

void server::reply(const peer& to, const message& call, kind what) {
  auto text = call;
  text.kind = what;
  text.server_life = settings_.life;
  output_.steps.push_back(transmit<message>{to, text});
}

// -- the client ------------------------------------------------------------------------------------------

void client::receive(time_point now, const peer&, const message& what) {
  if (what.client_life != settings_.life)
    return;
  server_life_ = std::max(server_life_, what.server_life);
  if (core_.call_of(what.attempt) == what.number)
    hear(now, what);
  perform_steps(now);
}

void client::hear(time_point now, const message& what) {
  auto& call = calls_.at(what.number);
  switch (what.kind) {
  case kind::answer:
    call.answer = what.value;
    return core_.answered(now, what.attempt);
  case kind::refusal:
    if (what.reason == refusal::overloaded) // another copy of this try may arrive when there is room
      return core_.failed(
          now, what.attempt, {try_failure::no_room, code_of(what.reason), request_fate::unknown}
      );
    return core_.refused(now, what.attempt, what.reason);
  case kind::another_life: // the earlier one has perhaps executed it
    if (what.server_life > call.bound_to)
      core_.failed(now, what.attempt, {try_failure::target_lost, errc::node_down, request_fate::unknown});
    return;
  default:
    return;
  }
}

/// All calls count as calls of one server: the numbers that a new life hears of are open or will be.
void client::apply(time_point now, const begin& what) {
  caller_core::new_call order{settings_.retry};
  if (what.how == request_semantics::maybe)
    order.retry.tries = 1;
  if (what.how == request_semantics::at_most_once)
    order.server = {{settings_.server, {}}, 0};
  order.can_find_target = what.how == request_semantics::at_least_once;
  order.has_target = server_life_.value != 0 || !order.can_find_target;
  auto number = core_.begin(now, order);
  CHORUS_CHECK(number, "few calls of a good policy");
  calls_.emplace(*number, call_record{what.how, server_life_});
  output_.steps.push_back(begun{*number, what.how});
  perform_steps(now);
}

void client::tick(time_point now) {
  core_.tick(now);
  perform_steps(now);
}

void client::perform_steps(time_point now) {
  while (auto step = core_.take_step())
    std::visit([&](const auto& what) { perform(now, what); }, *step);
}

void client::perform(time_point now, const caller_core::send& step) {
  const auto& call = calls_.at(step.call);
  message text;
  if (call.bound_to.value == 0) { // there is nobody to send it to
    text.kind = kind::who;
    transmit_to_server(text);
    return core_.failed(
        now, step.attempt, {try_failure::target_lost, errc::not_found, request_fate::not_executed}
    );
  }
  output_.steps.push_back(tried{step.call});
  text.how = call.how;
  text.number = step.call;
  text.attempt = step.attempt;
  text.lowest_open = step.lowest_open;
  text.server_life = call.bound_to;
  transmit_to_server(text);
}

void client::perform(time_point now, const caller_core::find_target& step) {
  calls_.at(step.call).bound_to = server_life_;
  if (server_life_.value == 0) {
    message text;
    text.kind = kind::who;
    transmit_to_server(text);
  }
  core_.found(now, step.call, server_life_.value != 0);
}

void client::perform(time_point, const caller_core::ended& step) {
  output_.steps.push_back(ended{step.call, calls_.at(step.call).answer, step.fate});
}

void client::perform(time_point, const caller_core::acknowledge& step) {
  message text;
  text.kind = kind::acknowledgement;
  text.lowest_open = step.lowest_open;
  transmit_to_server(text);
}

void client::transmit_to_server(message what) {
  what.client_life = settings_.life;
  output_.steps.push_back(transmit<message>{{settings_.server, {}}, what});
}

} // namespace chorus::testing::counter_calls
