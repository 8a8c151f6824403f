#include "server_stub.hpp"

#include "../caf17/remote_actor.hpp"
#include "../fate_mark.hpp"
#include "answer_size.hpp"
#include "identity.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/requests/serve_at_most_once.hpp>

#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/sec.hpp>

#include <any>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::requests {

namespace {

caller_id caller_of(const caf::strong_actor_ptr& sender) {
  auto who = identity_of(*sender->get());
  return {who.home, who.actor};
}

/// In nobody's name: no actor has said it.
void answer_with_end(const server_stub::asker& who, request_stage stage) {
  auto reason = with_fate(caf::sec::request_receiver_down, fate_at(stage));
  who.sender->enqueue(nullptr, who.id, caf::make_message(std::move(reason)), nullptr);
}

/// What is known of the fate of a call that the worker was given. `unexpected_message` is marked, so that the
/// caller does not take it for the answer of a target that does not remove duplicates.
caf::error with_fate_of_call(const caf::error& reason, bool by_worker) {
  if (!by_worker)
    return with_fate(reason, fate_at(request_stage::handed_over));
  if (auto own = as_answer(reason))
    return *own;
  return reason == caf::sec::unexpected_message ? with_fate(reason, request_fate::unknown) : reason;
}

server_stub::answer read_answer(caf::mailbox_element& what) {
  server_stub::answer read{what.move_content_to_message(), what.sender != nullptr};
  if (read.content.match_elements<caf::error>())
    read.content = caf::make_message(with_fate_of_call(read.content.get_as<caf::error>(0), read.by_worker));
  return read;
}

} // namespace

server_stub::server_stub(
    caf::actor_config& settings, caf::strong_actor_ptr worker, const duplicate_limits& limits
)
    : monitorable_actor(settings), worker_(std::move(worker)), core_(limits) {}

void server_stub::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) {
  if (what->mid.is_response())
    return take_answer(*what, context);
  if (getf(is_terminated_flag)) {
    if (what->sender && what->mid.is_request())
      answer_with_end({what->sender, what->mid.response_id()}, request_stage::turned_away);
    return;
  }
  if (what->content().match_elements<tagged_call>())
    return take_try(*what, what->content().get_as<tagged_call>(0), context);
  if (what->content().match_elements<acknowledged_calls>())
    return acknowledge(*what);
  worker_->enqueue(std::move(what), context);
}

const char* server_stub::name() const {
  return "chorus.server_stub";
}

void server_stub::take_try(
    caf::mailbox_element& what, const tagged_call& call, caf::execution_unit* context
) {
  if (!what.sender || !what.mid.is_request())
    return; // nobody could be answered, so nobody waits
  server_core::waiting from{{caller_of(what.sender), call.number}, what.mid.response_id().integer_value()};
  auto* remote = dynamic_cast<const caf17::remote_actor*>(what.sender->get());
  auto is_in_reach = remote == nullptr || remote->is_in_reach();
  server_core::decision decision;
  auto is_to_be_watched = false;
  caf::strong_actor_ptr earlier; // must not end under the lock
  {
    std::lock_guard guard{mutex_};
    decision = core_.receive(from, call.lowest_open, is_in_reach);
    if (is_in_reach && core_.knows(from.call.caller)) {
      earlier = std::exchange(callers_[from.call.caller], what.sender);
      is_to_be_watched = earlier != what.sender;
    }
  }
  if (is_to_be_watched)
    watch(what.sender, from.call.caller);
  auto id_of = [](const server_core::waiting& who) { return caf::message_id{who.attempt}; };
  if (auto* step = std::get_if<server_core::execute>(&decision)) {
    auto request = caf::make_message_id(step->execution);
    worker_->enqueue(caf::strong_actor_ptr{ctrl()}, request, call.content, context);
  } else if (auto* kept = std::get_if<server_core::give_answer>(&decision)) {
    deliver({what.sender, id_of(from)}, std::any_cast<answer>(std::move(kept->content)), context);
  } else if (auto* refused = std::get_if<server_core::refuse>(&decision)) {
    auto reason = caf::make_message(refused_call{refused->reason});
    what.sender->enqueue(nullptr, id_of(refused->to), std::move(reason), context);
  } else {
    answer_with_end({what.sender, id_of(from)}, request_stage::turned_away);
  }
}

/// Kept before it is given on: if the link to the caller's node has no room, the next try gets it.
void server_stub::take_answer(caf::mailbox_element& what, caf::execution_unit* context) {
  auto given = read_answer(what);
  auto size = size_of_answer(given.content);
  asker to;
  {
    std::lock_guard guard{mutex_};
    if (auto who = core_.answered(what.mid.request_id().integer_value(), std::any{given}, size))
      to = asker_of(*who);
  }
  if (to.sender)
    deliver(to, std::move(given), context);
}

/// Nobody if the caller has ended. Pre: the lock is held.
server_stub::asker server_stub::asker_of(const server_core::waiting& who) const {
  auto known = callers_.find(who.call.caller);
  return {known == callers_.end() ? nullptr : known->second, caf::message_id{who.attempt}};
}

/// In the worker's name or, if CAF or remoting answered in its place, in nobody's.
void server_stub::deliver(const asker& to, answer what, caf::execution_unit* context) {
  auto from = what.by_worker ? caf::strong_actor_ptr{ctrl()} : nullptr;
  to.sender->enqueue(std::move(from), to.id, std::move(what.content), context);
}

void server_stub::acknowledge(const caf::mailbox_element& what) {
  if (!what.sender)
    return;
  std::lock_guard guard{mutex_};
  core_.acknowledge(caller_of(what.sender), what.content().get_as<acknowledged_calls>(0).lowest_open);
}

/// Not under the lock: for a caller that has ended already the functor runs at once.
void server_stub::watch(const caf::strong_actor_ptr& caller, const caller_id& who) {
  watch_lives(caller);
  auto* watched = caller.get();
  caller->get()->attach_functor([weak = caf::weak_actor_ptr{ctrl()}, watched, who](const caf::error& reason) {
    auto self = weak.lock();
    if (!self)
      return;
    auto& stub = static_cast<server_stub&>(*self->get());
    if (who.home != peer{} && reason == errc::node_down)
      stub.proxy_ended(who, watched);
    else
      stub.caller_ended(who);
  });
}

/// Once, when the first caller of another node comes.
void server_stub::watch_lives(const caf::strong_actor_ptr& caller) {
  auto* remote = dynamic_cast<const caf17::remote_actor*>(caller->get());
  if (remote == nullptr)
    return;
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(watches_lives_, true))
      return;
  }
  remote->watch_lives(caf::weak_actor_ptr{ctrl()}, [](caf::abstract_actor& self, const peer& life) {
    static_cast<server_stub&>(self).life_ended(life);
  });
}

/// A relation with its node has ended. The caller may live, and try again in the next relation or through a
/// third node: what it has called stays known.
void server_stub::proxy_ended(const caller_id& who, const caf::actor_control_block* proxy) {
  caf::strong_actor_ptr released; // must not end under the lock
  std::lock_guard guard{mutex_};
  if (auto known = callers_.find(who); known != callers_.end() && known->second.get() == proxy) {
    released = std::move(known->second);
    callers_.erase(known);
  }
}

void server_stub::life_ended(const peer& home) {
  std::vector<caf::strong_actor_ptr> released; // must not end under the lock
  std::lock_guard guard{mutex_};
  core_.life_ended(home);
  for (auto known = callers_.lower_bound({home, 0}); known != callers_.end() && known->first.home == home;) {
    released.push_back(std::move(known->second));
    known = callers_.erase(known);
  }
}

void server_stub::caller_ended(const caller_id& who) {
  caf::strong_actor_ptr released; // must not end under the lock
  std::lock_guard guard{mutex_};
  core_.caller_ended(who);
  if (auto known = callers_.find(who); known != callers_.end()) {
    released = std::move(known->second);
    callers_.erase(known);
  }
}

/// The core ends first: no try that is under way in another thread gets through any more.
void server_stub::worker_ended(const caf::error& reason) {
  std::vector<asker> open;
  std::map<caller_id, caf::strong_actor_ptr> released; // must not end under the lock
  {
    std::lock_guard guard{mutex_};
    for (const auto& who : core_.worker_ended())
      open.push_back(asker_of(who));
    released.swap(callers_);
  }
  cleanup(caf::error{reason}, nullptr);
  for (const auto& each : open)
    if (each.sender)
      answer_with_end(each, request_stage::handed_over);
}

caf::strong_actor_ptr
detail::spawn_server_stub(caf::strong_actor_ptr worker, const duplicate_limits& limits) {
  auto& system = *worker->home_system;
  caf::actor_config settings;
  auto stub = caf::make_actor<server_stub, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, settings, worker, limits
  );
  worker->get()->attach_functor([weak = caf::weak_actor_ptr{stub.get()}](const caf::error& reason) {
    if (auto self = weak.lock())
      static_cast<server_stub*>(self->get())->worker_ended(reason);
  });
  return stub;
}

} // namespace chorus::requests
