#include "caller_stub.hpp"

#include "../caf17/living_actors.hpp"
#include "../fate_mark.hpp"
#include "identity.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

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

/// CAF's own bounce carries no fate. If it came at once, the target had ended before.
request_fate fate_of(const caf::error& reason, bool at_once) {
  auto had_ended = at_once && reason == caf::sec::request_receiver_down;
  auto unmarked = had_ended ? request_fate::not_executed : request_fate::unknown;
  return marked_fate(reason).value_or(unmarked);
}

caf::error error_of(refusal reason) {
  switch (reason) {
  case refusal::overloaded:
    return to_caf({code_of(reason), "the receiver's memory of calls is full"});
  case refusal::not_kept:
    return to_caf({code_of(reason), "the receiver had no room to keep the answer"});
  case refusal::superseded:
  case refusal::stale:
    break;
  }
  return to_caf({code_of(reason), "the receiver considers the call abandoned"});
}

errc code_of(const caf::error& reason) {
  return reason.category() == error_category ? static_cast<errc>(reason.code()) : errc::none;
}

server_id server_of(const caf::actor& target) {
  auto who = identity_of(*caf::actor_cast<caf::abstract_actor*>(target));
  return {who.home, who.actor};
}

} // namespace

caller_stub::caller_stub(caf::actor_config& settings, caf::strong_actor_ptr owner)
    : event_based_actor(settings),
      core_(random_generator{id() * 0x9E3779B97F4A7C15u ^ std::hash<caf::node_id>{}(node())}) {
  monitor(owner);
  set_down_handler([this](caf::down_msg&) { quit(); });
  set_default_handler(caf::drop); // an acknowledgement that is undelivered: the next call brings it
}

caf::behavior caller_stub::make_behavior() {
  return {
      [this](detail::order& what) { return begin(std::move(what)); },
      [this](const try_outcome& what) { heard(what); },
      [this](wake_atom) {
        armed_.reset();
        core_.tick(steady_now());
        perform_steps();
        arm();
      },
      [this](let_go_atom) {
        let_go_ = true;
        quit_if_done();
      },
  };
}

void caller_stub::on_exit() {
  let_go_ = false; // it quits already
  for (auto& [number, each] : calls_)
    each.last_failure = to_caf({errc::unavailable, "the caller or its node ends"});
  core_.give_up_all(steady_now(), errc::unavailable);
  perform_steps();
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

// -- what goes into the core -----------------------------------------------------------------------------

caf::result<caf::message> caller_stub::begin(detail::order what) {
  caller_core::new_call call{what.retry};
  call.has_target = static_cast<bool>(what.target);
  call.can_find_target = static_cast<bool>(what.find_again);
  if (what.how == request_semantics::at_most_once && what.target)
    call.server = server_of(what.target);
  auto number = core_.begin(steady_now(), call);
  if (!number)
    return to_caf(number.failure(), request_fate::not_executed);
  if (call.server)
    servers_.insert_or_assign(*call.server, what.target);
  auto promise = make_response_promise();
  auto counts = caf17::living_actors::note_open_call(system());
  calls_.emplace_hint(calls_.end(), *number, open_call{std::move(what), promise, std::move(counts)});
  perform_steps();
  arm();
  return promise;
}

void caller_stub::heard(const try_outcome& what) {
  auto call = core_.call_of(what.request);
  if (!call)
    return; // the call has ended; this is a later answer
  auto& open = calls_.at(*call);
  if (what.content.match_elements<refused_call>()) {
    auto reason = what.content.get_as<refused_call>(0).reason;
    if (reason != refusal::superseded)
      open.last_failure = error_of(reason);
    core_.refused(steady_now(), what.request, reason);
  } else if (what.content.match_elements<caf::error>()) {
    heard_error(open, what, what.content.get_as<caf::error>(0));
  } else {
    open.answer = what.content;
    core_.answered(steady_now(), what.request);
  }
  perform_steps();
  arm();
}

/// A target that does not know tagged calls does not remove duplicates. The stub of one that does marks the
/// errors of its worker.
void caller_stub::heard_error(open_call& which, const try_outcome& what, const caf::error& reason) {
  auto is_no_server = which.what.how == request_semantics::at_most_once
                      && reason == caf::sec::unexpected_message && !marked_fate(reason);
  if (what.by_target && !is_no_server) {
    auto own = as_answer(reason);
    which.answer = own ? caf::make_message(std::move(*own)) : what.content;
    return core_.answered(steady_now(), what.request);
  }
  which.last_failure = reason;
  if (what.by_target)
    core_.failed(steady_now(), what.request, {try_failure::hopeless, errc::none, request_fate::not_executed});
  else
    core_.failed(
        steady_now(), what.request, {failure_of(reason), code_of(reason), fate_of(reason, what.at_once)}
    );
}

// -- what comes out of it --------------------------------------------------------------------------------

void caller_stub::perform_steps() {
  while (auto step = core_.take_step())
    std::visit([this](const auto& what) { perform(what); }, *step);
}

void caller_stub::perform(const caller_core::send& step) {
  const auto& what = calls_.at(step.call).what;
  auto content = what.how == request_semantics::at_most_once
                     ? caf::make_message(tagged_call{step.call, step.lowest_open, what.content})
                     : what.content;
  auto outer = std::exchange(sending, {this, step.attempt});
  what.target->enqueue(
      caf::strong_actor_ptr{ctrl()}, caf::make_message_id(step.attempt), std::move(content), context()
  );
  sending = outer;
}

void caller_stub::perform(const caller_core::find_target& step) {
  auto& open = calls_.at(step.call);
  open.what.target = open.what.find_again();
  if (!open.what.target)
    open.last_failure = to_caf({errc::unavailable, "no receiver was found"});
  core_.found(steady_now(), step.call, static_cast<bool>(open.what.target));
}

void caller_stub::perform(const caller_core::ended& step) {
  auto open = std::move(calls_.extract(step.call).mapped());
  if (step.how == caller_core::ended::how::answered)
    open.promise.deliver(std::move(open.answer));
  else
    open.promise.deliver(caf::make_message(error_at(step, open.last_failure)));
  quit_if_done();
}

caf::error caller_stub::error_at(const caller_core::ended& step, const caf::error& last_failure) const {
  if (step.how == caller_core::ended::how::hopeless)
    return with_fate(last_failure, step.fate);
  auto text = "no answer after " + std::to_string(step.tries) + (step.tries == 1 ? " try" : " tries");
  if (last_failure)
    text += "; the last one failed: " + system().render(without_fate(last_failure));
  return to_caf({step.code, text}, step.fate);
}

void caller_stub::perform(const caller_core::acknowledge& step) {
  auto known = servers_.extract(step.server);
  send(known.mapped(), acknowledged_calls{step.lowest_open});
}

// -- time, and the end -----------------------------------------------------------------------------------

/// One alarm for all that is waited for. An alarm that comes too early finds nothing to do.
void caller_stub::arm() {
  auto next = core_.next_deadline();
  if (!next || (armed_ && *armed_ <= *next))
    return;
  armed_ = next;
  delayed_send(this, std::max(duration{}, *next - steady_now()), wake_atom::value);
}

void caller_stub::quit_if_done() {
  if (let_go_ && core_.open() == 0)
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
