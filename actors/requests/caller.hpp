#pragma once

#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace chorus {

/// Tried once: `self->request` and nothing more. Without an answer in time the request fails with
/// `caf::sec::request_timeout`, whose fate is unknown.
struct maybe {
  duration answer_within = std::chrono::seconds{10};
};

/// Tried until an answer comes; may be executed any number of times. For idempotent operations.
struct at_least_once {
  requests::retry_policy retry = {};

  /// Where to try next when the target has ended, for example
  /// `[&node] { return node.find("store"); }`; null while there is nobody. Without it the end of the target
  /// is the end of the call. Any thread, also at the same time; must not block.
  std::function<caf::actor()> find_again = {};
};

/// Tried until an answer comes; executed once or not at all. The target has to remove duplicates
/// (`serve_at_most_once`); a target that does not refuses the request. A new life of the target does not know
/// what the earlier one has executed, so the end of the target is the end of the call.
struct at_most_once {
  requests::retry_policy retry = {};
};

namespace requests::detail {

/// What a caller asks of its stub. Does not leave the node.
struct order {
  request_semantics how = request_semantics::maybe;
  retry_policy retry;
  caf::actor target;
  std::function<caf::actor()> find_again;
  caf::message content;
};

/// The stub of one caller; it ends with `owner`, or when the handle is let go and no call is open.
std::shared_ptr<const caf::actor> spawn_stub(caf::actor_system& system, const caf::strong_actor_ptr& owner);

} // namespace requests::detail

/// Makes requests for one actor under a semantics of its choice:
///
///   chorus::caller calls{self};
///   calls.request(hits, chorus::at_most_once{}, add{1})
///       .then([=](std::int64_t value) { ... }, [=](const caf::error& reason) { ... });
///
/// `self` is an event-based actor or a `caf::scoped_actor`; what comes back is CAF's own response handle,
/// with `then`, `await` or `receive`. A request ends with the answer of its target or with an error.
/// `chorus::fate(error)` says whether the request was executed, was not, or may have been (actors/fate.hpp);
/// the code of the error says why there is no answer:
///
/// - `too_large`, `unknown_type`, `invalid_argument`: the request, or its answer, can never travel;
/// - `overloaded`, `node_down`, `unavailable`: the tries are used up, at last for this reason;
/// - `outcome_unknown`: no answer came, and one of the tries may have been executed;
/// - any other: the target's own.
///
/// A try that a leaving node refuses does not end the call while that node, or another one, may still answer
/// an earlier try: the call waits for it until its deadline. Where the answer finds the link back full, an
/// at-least-once request is tried and executed again; an at-most-once request is tried again and gets the
/// answer that the receiver has kept.
///
/// Requests of one caller to one target are first tried in the order in which they are made; who is tried
/// again may be overtaken. Copies are the same caller. Open requests go on when the last copy is gone, and
/// end when `self` or its node does, with `unavailable` or `outcome_unknown`.
///
/// Thread rules: those of `self`.
template <class Self>
class caller {
public:
  explicit caller(Self* self)
      : self_(self), stub_(requests::detail::spawn_stub(self->system(), self->ctrl())) {}

  /// For threads that are no actors.
  explicit caller(const caf::scoped_actor& self) : caller(self.operator->()) {}

  /// `target`: a handle of any actor, typed or not, of any node.
  template <class Handle, class... Ts>
  auto request(const Handle& target, const maybe& how, Ts&&... what) {
    return self_->request(caf::actor_cast<caf::actor>(target), how.answer_within, std::forward<Ts>(what)...);
  }

  template <class Handle, class... Ts>
  auto request(const Handle& target, const at_least_once& how, Ts&&... what) {
    return hand_over(
        {requests::request_semantics::at_least_once,
         how.retry,
         caf::actor_cast<caf::actor>(target),
         how.find_again,
         caf::make_message(std::forward<Ts>(what)...)}
    );
  }

  template <class Handle, class... Ts>
  auto request(const Handle& target, const at_most_once& how, Ts&&... what) {
    return hand_over(
        {requests::request_semantics::at_most_once,
         how.retry,
         caf::actor_cast<caf::actor>(target),
         {},
         caf::make_message(std::forward<Ts>(what)...)}
    );
  }

private:
  auto hand_over(requests::detail::order what) {
    return self_->request(*stub_, caf::infinite, std::move(what));
  }

  Self* self_;
  std::shared_ptr<const caf::actor> stub_;
};

caller(const caf::scoped_actor&)->caller<caf::blocking_actor>;

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::requests::detail::order)
