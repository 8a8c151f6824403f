#pragma once

#include "../subscribers.hpp"
#include "lost_messages.hpp"
#include "writable_waiters.hpp"

#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace chorus {

/// Tells the senders of this node what could not be sent, and who asked, when a link has room
/// (actors/flow.hpp has what they get).
///
/// Of each link it is woken once for all who wait for it: `outbox::when_writable`.
///
/// Thread rules: any thread. Held by a shared pointer, because outboxes refer to it.
class flow_control : public std::enable_shared_from_this<flow_control> {
public:
  /// `wake_at` arranges that `tick` is called at that moment or soon after; a new moment replaces the
  /// earlier one.
  explicit flow_control(std::function<void(time_point)> wake_at);

  /// A one-way message was lost.
  void lost(const lost_messages::loss& what);

  /// Sends `writable` as soon as `link` has room or has ended; at once if it is null.
  void when_writable(const std::shared_ptr<outbox>& link, const writable_waiters::waiter& who);

  /// Nobody waits any more as `who`.
  void forget(const std::shared_ptr<outbox>& link, const writable_waiters::waiter& who);

  void subscribe_dead_letters(const caf::actor& subscriber);

  void tick();

  /// Tells what is known; nothing is told any more of messages lost from now on.
  void stop();

private:
  void await_room(const std::shared_ptr<outbox>& link);
  void has_room(const std::shared_ptr<outbox>& link);
  void tell(const std::vector<lost_messages::record>& records);

  const std::function<void(time_point)> wake_at_;
  lost_messages lost_;
  writable_waiters waiters_;
  const std::shared_ptr<subscribers> dead_letters_ = std::make_shared<subscribers>();
};

} // namespace chorus
