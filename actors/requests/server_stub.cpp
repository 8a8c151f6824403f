#include "server_stub.hpp"

#include "../caf17/remote_actor.hpp"
#include "../fate_mark.hpp"
#include "answer_size.hpp"

#include <chorus/actors/requests/serve_at_most_once.hpp>

#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/sec.hpp>

#include <any>
#include <utility>
#include <vector>

namespace chorus::requests {

namespace {

/// Local callers have no life of their own to tell apart: their numbers are never given twice.
caller_id identity_of(const caf::strong_actor_ptr& caller) {
  if (auto* remote = dynamic_cast<const caf17::remote_actor*>(caller->get()))
    return {remote->reference().home, remote->reference().actor};
  return {{}, caller->id()};
}

/// In nobody's name: no actor has said it.
void answer_with_end(const server_stub::waiting& who, request_stage stage) {
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
    : monitorable_actor(settings), worker_(std::move(worker)), filter_(limits) {}

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
  call_id id{identity_of(what.sender), call.number};
  waiting asker{what.sender, what.mid.response_id()};
  waiting refused = asker;
  std::optional<refusal> reason;
  std::optional<answer> kept;
  std::optional<caf::message_id> request;
  bool is_new_caller = false;
  {
    std::unique_lock guard{mutex_};
    if (worker_has_ended_) {
      guard.unlock();
      return answer_with_end(asker, request_stage::turned_away);
    }
    auto verdict = filter_.admit(id, call.lowest_open);
    reason = refusal_of(verdict);
    switch (verdict) {
    case duplicate_filter::verdict::execute:
      is_new_caller = callers_.emplace(id.caller, what.sender).second;
      request = ++last_request_;
      requests_[id] = request->request_id().integer_value();
      running_.emplace(requests_[id], running{id, std::move(asker)});
      break;
    case duplicate_filter::verdict::in_progress:
      refused = std::exchange(running_.at(requests_.at(id)).last_try, std::move(asker));
      break;
    case duplicate_filter::verdict::answered:
      kept = std::any_cast<const answer&>(filter_.answer_to(id));
      break;
    default:
      break;
    }
  }
  if (is_new_caller)
    watch(what.sender, id.caller);
  if (request)
    worker_->enqueue(caf::strong_actor_ptr{ctrl()}, *request, call.content, context);
  if (kept)
    deliver(asker, std::move(*kept), context);
  if (reason)
    refused.sender->enqueue(nullptr, refused.id, caf::make_message(refused_call{*reason}), context);
}

/// Kept before it is given on: if the link to the caller's node has no room, the next try gets it.
void server_stub::take_answer(caf::mailbox_element& what, caf::execution_unit* context) {
  auto given = read_answer(what);
  auto size = size_of_answer(given.content);
  waiting asker;
  {
    std::lock_guard guard{mutex_};
    auto known = running_.find(what.mid.request_id().integer_value());
    if (known == running_.end())
      return;
    filter_.finish(known->second.call, std::any{given}, size);
    asker = std::move(known->second.last_try);
    requests_.erase(known->second.call);
    running_.erase(known);
  }
  deliver(asker, std::move(given), context);
}

/// In the worker's name or, if CAF or remoting answered in its place, in nobody's.
void server_stub::deliver(const waiting& asker, answer what, caf::execution_unit* context) {
  auto from = what.by_worker ? caf::strong_actor_ptr{ctrl()} : nullptr;
  asker.sender->enqueue(std::move(from), asker.id, std::move(what.content), context);
}

void server_stub::acknowledge(const caf::mailbox_element& what) {
  if (!what.sender)
    return;
  std::lock_guard guard{mutex_};
  filter_.acknowledge(identity_of(what.sender), what.content().get_as<acknowledged_calls>(0).lowest_open);
}

/// Not under the lock: for a caller that has ended already the functor runs at once.
void server_stub::watch(const caf::strong_actor_ptr& caller, const caller_id& who) {
  caller->get()->attach_functor([weak = caf::weak_actor_ptr{ctrl()}, who](const caf::error&) {
    if (auto self = weak.lock())
      static_cast<server_stub*>(self->get())->caller_ended(who);
  });
}

void server_stub::caller_ended(const caller_id& who) {
  caf::strong_actor_ptr released; // must not end under the lock
  std::lock_guard guard{mutex_};
  filter_.forget(who);
  if (auto known = callers_.find(who); known != callers_.end()) {
    released = std::move(known->second);
    callers_.erase(known);
  }
}

void server_stub::worker_ended(const caf::error& reason) {
  std::map<std::uint64_t, running> open;
  std::map<caller_id, caf::strong_actor_ptr> released;
  {
    std::lock_guard guard{mutex_};
    worker_has_ended_ = true; // tries that are under way in other threads meet no half-emptied tables
    open.swap(running_);
    requests_.clear();
    released.swap(callers_);
  }
  cleanup(caf::error{reason}, nullptr);
  for (auto& [request, call] : open)
    answer_with_end(call.last_try, request_stage::handed_over);
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
