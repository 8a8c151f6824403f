#include "protocol.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/requests/refusal.hpp>

#include <algorithm>

namespace chorus::testing::counter_calls {

using requests::attempts;
using requests::duplicate_filter;
using requests::refusal;

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
  case kind::overloaded:
    return "refusal of " + call + ": overloaded";
  case kind::not_kept:
    return "no answer to " + call + " any more: executed";
  case kind::stale:
    return "no answer to " + call + " any more: given up";
  case kind::another_life:
    return "refusal of " + call + ": this is life " + to_string(what.server_life);
  }
  return "nonsense";
}

// -- the server ------------------------------------------------------------------------------------------

void server::receive(time_point now, const peer& from, const message& what) {
  if (what.kind != kind::call || is_of_an_earlier_life(from))
    return;
  if (what.server_life != settings_.life)
    return answer(from, what, kind::another_life);
  if (what.how != request_semantics::at_most_once)
    return begin(now, from, what);
  requests::call_id id{{from, 0}, what.number};
  auto verdict = filter_.admit(id, what.lowest_open);
  if (verdict == duplicate_filter::verdict::execute)
    return begin(now, from, what);
  output_.steps.push_back(passed_over{verdict, from, what.number});
  if (verdict == duplicate_filter::verdict::answered)
    return answer(from, what, kind::answer, std::any_cast<std::int64_t>(filter_.answer_to(id)));
  switch (*requests::refusal_of(verdict)) {
  case refusal::overloaded:
    return answer(from, what, kind::overloaded);
  case refusal::not_kept:
    return answer(from, what, kind::not_kept);
  case refusal::stale:
    return answer(from, what, kind::stale);
  case refusal::superseded:
    break; // runs: its answer answers this try too
  }
}

/// What the link does in a node: it delivers nothing of a life after one of the next.
bool server::is_of_an_earlier_life(const peer& from) {
  auto& newest = lives_[from.node];
  if (from.incarnation < newest)
    return true;
  if (from.incarnation > newest) {
    filter_.forget(peer{from.node, newest});
    newest = from.incarnation;
  }
  return false;
}

void server::begin(time_point now, const peer& from, const message& what) {
  running_.emplace(
      now + chance_.duration_between(settings_.quickest, settings_.slowest), running{from, what}
  );
  tick(now);
}

void server::tick(time_point now) {
  while (!running_.empty() && running_.begin()->first <= now) {
    auto [from, what] = running_.extract(running_.begin()).mapped();
    ++value_;
    output_.steps.push_back(executed{what.how, from, what.number, value_});
    if (what.how == request_semantics::at_most_once)
      filter_.finish({{from, 0}, what.number}, value_, sizeof value_);
    answer(from, what, kind::answer, value_);
  }
}

std::optional<time_point> server::next_deadline() const {
  if (running_.empty())
    return std::nullopt;
  return running_.begin()->first;
}

void server::answer(const peer& to, const message& call, kind what, std::int64_t value) {
  auto text = call;
  text.kind = what;
  text.server_life = settings_.life;
  text.value = value;
  output_.steps.push_back(transmit<message>{to, text});
}

// -- the client ------------------------------------------------------------------------------------------

void client::receive(time_point now, const peer&, const message& what) {
  if (what.kind == kind::call || what.client_life != settings_.life)
    return;
  server_life_ = std::max(server_life_, what.server_life);
  auto which = calls_.find(what.number);
  if (which == calls_.end())
    return;
  switch (what.kind) {
  case kind::answer:
    return end(which, what.value);
  case kind::another_life:
    return rebind(now, which, what);
  case kind::not_kept:
    which->second.tries.failed(now, true, fate_of(refusal::not_kept));
    return end(which, std::nullopt);
  case kind::stale:
    return end(which, std::nullopt);
  default: // a network that doubles may bring another copy of this try when there is room
    which->second.tries.failed(now, true, request_fate::unknown);
    return advance(now, which);
  }
}

/// A try for no life is executed by nobody. One for an earlier life was perhaps executed by that;
/// at-most-once ends there, because the new life does not know.
void client::rebind(time_point now, call_table::iterator which, const message& what) {
  auto& [how, tries, bound_to] = which->second;
  if (what.server_life <= bound_to)
    return;
  if (bound_to.value && how == request_semantics::at_most_once)
    return end(which, std::nullopt);
  tries.failed(now, true, request_fate::unknown);
  bound_to = what.server_life;
  advance(now, which);
}

void client::apply(time_point now, const begin& what) {
  attempts tries{settings_.retry, now, chance_.split()};
  if (what.how == request_semantics::maybe) {
    auto once = settings_.retry;
    once.tries = 1;
    tries = {once, now, chance_.split()};
  }
  auto which = calls_.emplace_hint(calls_.end(), what.number, call{what.how, tries, server_life_});
  advance(now, which);
}

void client::tick(time_point now) {
  for (auto each = calls_.begin(); each != calls_.end();)
    advance(now, each++);
}

void client::advance(time_point now, call_table::iterator which) {
  auto& [how, tries, bound_to] = which->second;
  auto what = tries.next(now);
  if (what == attempts::step::give_up)
    return end(which, std::nullopt);
  if (what != attempts::step::send)
    return;
  output_.steps.push_back(tried{which->first});
  message text;
  text.how = how;
  text.number = which->first;
  text.lowest_open = lowest_open(which->first);
  text.client_life = settings_.life;
  text.server_life = bound_to;
  output_.steps.push_back(transmit<message>{{settings_.server, {}}, text});
  if (!bound_to.value)
    tries.failed(now, false, request_fate::not_executed); // meant for no life, so executed by none
}

/// Of calls that the server remembers.
std::uint64_t client::lowest_open(std::uint64_t at_most) const {
  for (const auto& [number, each] : calls_)
    if (each.how == request_semantics::at_most_once)
      return std::min(number, at_most);
  return at_most;
}

std::optional<time_point> client::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& [number, each] : calls_)
    if (auto deadline = each.tries.next_deadline(); deadline && (!next || *deadline < *next))
      next = deadline;
  return next;
}

void client::end(call_table::iterator which, std::optional<std::int64_t> answer) {
  output_.steps.push_back(ended{which->first, answer, which->second.tries.fate()});
  calls_.erase(which);
}

} // namespace chorus::testing::counter_calls
