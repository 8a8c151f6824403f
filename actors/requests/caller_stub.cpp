#include "caller_stub.hpp"

#include "../caf17/living_actors.hpp"
#include "../fate_mark.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/requests/try_failure.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace chorus::requests {

namespace {

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using let_go_atom = caf::atom_constant<caf::atom("let_go")>;

/// The try that is handed over in this thread: what comes back for it meanwhile was never sent.
struct try_in_hand {
  const caller_stub* by = nullptr;
  std::uint64_t number = 0;
  friend bool operator==(const try_in_hand&, const try_in_hand&) = default;
};
thread_local try_in_hand sending;

std::uint64_t number_of(caf::message_id id) {
  return id.request_id().integer_value();
}

/// Of an error that CAF or a node gives in place of an answer.
try_failure failure_of(const caf::error& reason) {
  if (reason.category() == error_category)
    return requests::failure_of(static_cast<errc>(reason.code()));
  return reason == caf::sec::request_receiver_down ? try_failure::target_lost : try_failure::hopeless;
}

caf::error refuse_order(errc code, std::string reason) {
  return to_caf({code, std::move(reason)}, request_fate::not_executed);
}

std::string tried(const attempts& tries) {
  return std::to_string(tries.tries()) + (tries.tries() == 1 ? " try" : " tries");
}

} // namespace

caller_stub::caller_stub(caf::actor_config& settings, caf::strong_actor_ptr owner)
    : event_based_actor(settings), chance_(id() * 0x9E3779B97F4A7C15u ^ std::hash<caf::node_id>{}(node())) {
  monitor(owner);
  set_down_handler([this](caf::down_msg&) { quit(); });
  set_default_handler(caf::drop); // an acknowledgement that is undelivered: the next call brings it
}

caf::behavior caller_stub::make_behavior() {
  return {
      [this](detail::order& what) { return begin(std::move(what)); },
      [this](const try_outcome& what) { heard(what); },
      [this](wake_atom) { wake(); },
      [this](let_go_atom) {
        let_go_ = true;
        quit_if_done();
      },
  };
}

void caller_stub::on_exit() {
  let_go_ = false; // it quits already
  while (!calls_.empty()) {
    auto which = calls_.begin();
    which->second.last_failure = to_caf({errc::unavailable, "the caller or its node ends"});
    give_up(which);
  }
}

void caller_stub::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) {
  if (!what->mid.is_response())
    return event_based_actor::enqueue(std::move(what), context);
  auto number = number_of(what->mid);
  auto at_once = sending == try_in_hand{this, number};
  try_outcome outcome{number, what->sender != nullptr, at_once, what->move_content_to_message()};
  event_based_actor::enqueue(
      caf::make_mailbox_element(std::move(what->sender), caf::make_message_id(), {}, std::move(outcome)),
      context
  );
}

// -- calls -----------------------------------------------------------------------------------------------

caf::result<caf::message> caller_stub::begin(detail::order what) {
  if (!what.retry.is_valid())
    return refuse_order(errc::invalid_argument, "the retry policy has a number that is not positive");
  if (!what.target && !what.find_again)
    return refuse_order(errc::invalid_argument, "the request has no receiver: its handle is empty");
  if (calls_.size() >= open_calls_limit)
    return refuse_order(
        errc::overloaded,
        "this caller has " + std::to_string(open_calls_limit) + " open calls; wait for answers"
    );
  auto promise = make_response_promise();
  attempts tries{what.retry, steady_now(), chance_.split()};
  auto counts = caf17::living_actors::note_open_call(system());
  auto [which, is_new] = calls_.emplace(
      ++last_number_, open_call{std::move(what), promise, tries, {}, {}, {}, std::move(counts)}
  );
  if (which->second.what.how == request_semantics::at_most_once) {
    auto& target = which->second.what.target;
    auto& known = servers_[caf::actor_cast<caf::actor_addr>(target)];
    known.handle = target;
    known.open.insert(which->first);
  }
  advance(which, steady_now());
  arm();
  return promise;
}

void caller_stub::wake() {
  armed_.reset();
  auto moment = steady_now();
  while (!due_.empty() && due_.begin()->first <= moment)
    advance(calls_.find(due_.begin()->second), moment);
  if (acknowledge_at_ && *acknowledge_at_ <= moment)
    acknowledge(moment);
  arm();
}

/// May end the call.
void caller_stub::advance(call_table::iterator which, time_point moment) {
  switch (which->second.tries.next(moment)) {
  case attempts::step::give_up:
    return give_up(which);
  case attempts::step::send:
    send_try(which);
    break;
  case attempts::step::wait:
    break;
  }
  schedule(which);
}

void caller_stub::send_try(call_table::iterator which) {
  auto& open = which->second;
  auto id = new_request_id(caf::message_priority::normal);
  if (!open.what.target)
    find_again(open);
  if (!open.what.target) {
    open.last_failure = to_caf({errc::unavailable, "no receiver was found"});
    open.tries.failed(steady_now(), true, request_fate::not_executed);
    return;
  }
  open.sent.push_back(number_of(id));
  tries_.emplace(open.sent.back(), which->first);
  auto outer = std::exchange(sending, {this, open.sent.back()});
  open.what.target->enqueue(caf::strong_actor_ptr{ctrl()}, id, message_of(which), context());
  sending = outer;
}

caf::message caller_stub::message_of(call_table::iterator which) {
  const auto& what = which->second.what;
  if (what.how != request_semantics::at_most_once)
    return what.content;
  const auto& known = servers_[caf::actor_cast<caf::actor_addr>(what.target)];
  return caf::make_message(tagged_call{which->first, *known.open.begin(), what.content});
}

// -- what comes back -------------------------------------------------------------------------------------

void caller_stub::heard(const try_outcome& what) {
  auto known = tries_.find(what.request);
  if (known == tries_.end())
    return; // the call has ended; this is a later answer
  auto which = calls_.find(known->second);
  tries_.erase(known); // it is answered once
  if (what.content.match_elements<refused_call>())
    refused(which, what, what.content.get_as<refused_call>(0).reason);
  else if (!what.content.match_elements<caf::error>())
    end(which, what.content);
  else if (what.by_target)
    failed_at_target(which, what, what.content.get_as<caf::error>(0));
  else
    failed(which, what, what.content.get_as<caf::error>(0));
  arm();
}

void caller_stub::refused(call_table::iterator which, const try_outcome& what, refusal reason) {
  auto& open = which->second;
  note(open, what, fate_of(reason));
  switch (reason) {
  case refusal::superseded:
    return; // the later try is answered
  case refusal::overloaded:
    open.last_failure = to_caf({errc::overloaded, "the receiver's memory of calls is full"});
    return advance(which, steady_now());
  case refusal::not_kept:
    open.last_failure = to_caf({errc::overloaded, "the receiver had no room to keep the answer"});
    return give_up(which);
  default:
    open.last_failure = to_caf({errc::outcome_unknown, "the receiver considers the call abandoned"});
    return give_up(which);
  }
}

/// CAF's own bounce carries no fate. If it came at once, the target had ended before.
void caller_stub::failed(call_table::iterator which, const try_outcome& what, const caf::error& reason) {
  auto& open = which->second;
  auto had_ended = what.at_once && reason == caf::sec::request_receiver_down;
  auto unmarked = had_ended ? request_fate::not_executed : request_fate::unknown;
  note(open, what, marked_fate(reason).value_or(unmarked));
  auto failure = failure_of(reason);
  if (failure == try_failure::hopeless)
    return end(which, caf::make_message(with_fate(reason, open.tries.fate())));
  open.last_failure = reason;
  switch (after(failure, static_cast<bool>(open.what.find_again), open.tries.has_open_tries())) {
  case next_step::give_up:
    return give_up(which);
  case next_step::await_open_tries:
    open.tries.await_open_tries();
    break;
  case next_step::find_target:
    open.what.target = nullptr;
    break;
  case next_step::try_again:
    break;
  }
  advance(which, steady_now());
}

/// A target that does not know tagged calls does not remove duplicates. The stub of one that does marks the
/// errors of its worker.
void caller_stub::failed_at_target(
    call_table::iterator which, const try_outcome& what, const caf::error& reason
) {
  auto& open = which->second;
  auto is_no_server = open.what.how == request_semantics::at_most_once
                      && reason == caf::sec::unexpected_message && !marked_fate(reason);
  if (is_no_server) {
    note(open, what, request_fate::not_executed);
    return end(which, caf::make_message(with_fate(reason, open.tries.fate())));
  }
  auto own = as_answer(reason);
  end(which, own ? caf::make_message(std::move(*own)) : what.content);
}

void caller_stub::note(open_call& which, const try_outcome& what, request_fate fate) {
  which.tries.failed(steady_now(), what.request == which.sent.back(), fate);
}

void caller_stub::find_again(open_call& which) {
  which.what.target = which.what.find_again();
}

// -- ends ------------------------------------------------------------------------------------------------

void caller_stub::give_up(call_table::iterator which) {
  auto& open = which->second;
  auto fate = open.tries.fate();
  auto code = fate == request_fate::not_executed ? errc::unavailable : errc::outcome_unknown;
  auto is_of_chorus = open.last_failure && open.last_failure.category() == error_category;
  if (fate != request_fate::unknown && is_of_chorus)
    code = static_cast<errc>(open.last_failure.code());
  auto text = "no answer after " + tried(open.tries);
  if (open.last_failure)
    text += "; the last one failed: " + system().render(without_fate(open.last_failure));
  end(which, caf::make_message(to_caf({code, text}, fate)));
}

void caller_stub::end(call_table::iterator which, caf::message answer) {
  which->second.tries.end();
  schedule(which);
  auto ended = std::move(which->second);
  auto number = which->first;
  calls_.erase(which);
  for (auto each : ended.sent)
    tries_.erase(each);
  if (ended.what.how == request_semantics::at_most_once) {
    auto known = servers_.find(caf::actor_cast<caf::actor_addr>(ended.what.target));
    known->second.open.erase(number);
    known->second.idle_since = steady_now();
    if (known->second.open.empty() && !acknowledge_at_)
      acknowledge_at_ = known->second.idle_since + acknowledge_after;
  }
  ended.promise.deliver(std::move(answer));
  quit_if_done();
}

/// Tells servers that have not heard of this caller for a while that it has all its answers.
void caller_stub::acknowledge(time_point moment) {
  acknowledge_at_.reset();
  std::erase_if(servers_, [&](auto& item) {
    auto& [address, known] = item;
    if (!known.open.empty())
      return false;
    auto due = known.idle_since + acknowledge_after;
    if (moment < due) {
      acknowledge_at_ = earliest(acknowledge_at_, due);
      return false;
    }
    send(known.handle, acknowledged_calls{last_number_ + 1});
    return true;
  });
}

void caller_stub::schedule(call_table::iterator which) {
  auto& [number, open] = *which;
  auto next = open.tries.next_deadline();
  if (next == open.due)
    return;
  if (open.due)
    due_.erase({*open.due, number});
  if (next)
    due_.emplace(*next, number);
  open.due = next;
}

/// One alarm for all that is waited for. An alarm that comes too early finds nothing to do.
void caller_stub::arm() {
  auto next = acknowledge_at_;
  if (!due_.empty())
    next = earliest(next, due_.begin()->first);
  if (!next || (armed_ && *armed_ <= *next))
    return;
  armed_ = next;
  delayed_send(this, std::max(duration{}, *next - steady_now()), wake_atom::value);
}

void caller_stub::quit_if_done() {
  if (let_go_ && calls_.empty())
    quit();
}

std::shared_ptr<const caf::actor>
detail::spawn_stub(caf::actor_system& system, const caf::strong_actor_ptr& owner) {
  auto let_go = [](const caf::actor* stub) {
    caf::anon_send(*stub, let_go_atom::value);
    delete stub;
  };
  return {new caf::actor{system.spawn<caller_stub, caf::hidden>(owner)}, let_go};
}

} // namespace chorus::requests
