#include "flow_control.hpp"

#include <chorus/actors/flow.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace chorus {

namespace {

loss_notice to_notice(const lost_messages::record& found) {
  std::chrono::steady_clock::time_point first{found.first.time_since_epoch()};
  return {found.what.receiver, first, found.count, found.what.reason};
}

bool can_be_told(const caf::strong_actor_ptr& sender) {
  return sender && !sender->get()->getf(caf::abstract_actor::is_terminated_flag);
}

error ended(const outbox* link) {
  if (link != nullptr && !link->is_closed())
    return {};
  return {errc::node_down, "no link to the actor's node; find the actor again by its name"};
}

} // namespace

flow_control::flow_control(std::function<void(time_point)> wake_at) : wake_at_(std::move(wake_at)) {}

void flow_control::lost(const lost_messages::loss& what) {
  auto when = steady_now();
  auto effect = lost_.add(when, what);
  if (effect == lost_messages::effect::opened_first)
    wake_at_(when + lost_messages::tell_within);
  if (effect != lost_messages::effect::counted && what.reason.code == errc::overloaded && what.link)
    await_room(what.link);
}

void flow_control::when_writable(const std::shared_ptr<outbox>& link, const writable_waiters::waiter& who) {
  if (!link)
    return caf::anon_send(who.subscriber, writable{who.receiver, ended(nullptr)});
  error too_many{
      errc::overloaded,
      "more than " + std::to_string(writable_waiters::limit)
          + " actors wait for room in links; ask again later"};
  if (!waiters_.add(link, who))
    return caf::anon_send(who.subscriber, writable{who.receiver, too_many});
  await_room(link); // after adding: whoever frees the link from now on finds the waiter
}

void flow_control::forget(const std::shared_ptr<outbox>& link, const writable_waiters::waiter& who) {
  waiters_.remove(link, who);
}

void flow_control::subscribe_dead_letters(const caf::actor& subscriber) {
  dead_letters_->add(subscriber);
}

void flow_control::tick() {
  tell(lost_.take_all());
}

void flow_control::stop() {
  tell(lost_.close());
  dead_letters_->clear();
}

void flow_control::await_room(const std::shared_ptr<outbox>& link) {
  link->when_writable([self = weak_from_this(), link = std::weak_ptr{link}] {
    auto alive = self.lock();
    auto free = link.lock();
    if (alive && free)
      alive->has_room(free);
  });
}

/// First what was lost, so that a sender that goes on because there is room knows of it.
void flow_control::has_room(const std::shared_ptr<outbox>& link) {
  tell(lost_.take(link));
  for (auto& who : waiters_.take(link))
    caf::anon_send(who.subscriber, writable{who.receiver, ended(link.get())});
}

void flow_control::tell(const std::vector<lost_messages::record>& records) {
  for (auto& found : records) {
    auto sender = caf::actor_cast<caf::actor>(found.what.sender);
    if (!can_be_told(found.what.sender))
      dead_letters_->tell(caf::make_message(dead_letter{to_notice(found)}));
    else if (found.what.reason.code == errc::outcome_unknown)
      caf::anon_send(sender, unconfirmed{to_notice(found)});
    else
      caf::anon_send(sender, undelivered{to_notice(found)});
  }
}

} // namespace chorus
