#include "server_stub.hpp"

#include "../caf17/remote_actor.hpp"
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

caf::message refusal(refused_call::why reason) {
  return caf::make_message(refused_call{reason});
}

/// In nobody's name: no actor has said it.
void answer_with_end(const server_stub::waiting& who) {
  who.sender->enqueue(
      nullptr, who.id, caf::make_message(caf::make_error(caf::sec::request_receiver_down)), nullptr
  );
}

} // namespace

server_stub::server_stub(
    caf::actor_config& settings, caf::strong_actor_ptr worker, const duplicate_limits& limits
)
    : monitorable_actor(settings), worker_(std::move(worker)), filter_(limits) {}

void server_stub::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) {
  if (what->mid.is_response())
    return take_answer(*what, context);
  if (getf(is_terminated_flag))
    return bounce(what);
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
  waiting answered = asker;
  std::optional<caf::message> answer;
  std::optional<caf::message_id> request;
  bool is_new_caller = false;
  {
    std::unique_lock guard{mutex_};
    if (worker_has_ended_) {
      guard.unlock();
      return answer_with_end(asker);
    }
    switch (filter_.admit(id, call.lowest_open)) {
    case duplicate_filter::verdict::execute:
      is_new_caller = callers_.emplace(id.caller, what.sender).second;
      request = ++last_request_;
      requests_[id] = request->request_id().integer_value();
      running_.emplace(requests_[id], running{id, std::move(asker)});
      break;
    case duplicate_filter::verdict::in_progress:
      answered = std::exchange(running_.at(requests_.at(id)).last_try, std::move(asker));
      answer = refusal(refused_call::why::superseded);
      break;
    case duplicate_filter::verdict::answered:
      answer = std::any_cast<const caf::message&>(filter_.answer_to(id));
      break;
    case duplicate_filter::verdict::not_kept:
    case duplicate_filter::verdict::stale:
      answer = refusal(refused_call::why::not_kept);
      break;
    case duplicate_filter::verdict::refused:
      answer = refusal(refused_call::why::overloaded);
      break;
    }
  }
  if (is_new_caller)
    watch(what.sender, id.caller);
  if (request)
    worker_->enqueue(caf::strong_actor_ptr{ctrl()}, *request, call.content, context);
  if (answer)
    answered.sender->enqueue(caf::strong_actor_ptr{ctrl()}, answered.id, std::move(*answer), context);
}

/// Given on in the worker's name or, if CAF or remoting answered in its place, in nobody's, as it came.
void server_stub::take_answer(caf::mailbox_element& what, caf::execution_unit* context) {
  auto answer = what.move_content_to_message();
  auto size = size_of_answer(answer);
  waiting asker;
  {
    std::lock_guard guard{mutex_};
    auto known = running_.find(what.mid.request_id().integer_value());
    if (known == running_.end())
      return;
    filter_.finish(known->second.call, std::any{answer}, size);
    asker = std::move(known->second.last_try);
    requests_.erase(known->second.call);
    running_.erase(known);
  }
  auto from = what.sender ? caf::strong_actor_ptr{ctrl()} : nullptr;
  asker.sender->enqueue(std::move(from), asker.id, std::move(answer), context);
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
    answer_with_end(call.last_try);
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
