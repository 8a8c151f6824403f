#pragma once

#include <chorus/actors/flow.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor.hpp>

namespace chorus {

class node_services;

/// The links of one node to the others as senders see them: `node::links`. Tells which have room for more
/// messages, and which messages were lost without a sender to tell (flow.hpp).
///
///   node->links().when_writable(receiver, self); // `self` gets `writable`, then sends the next burst
///
/// Thread rules, and what holds after `stop`: as `node` says. Exception: `wait_until_writable` blocks its
/// thread. Never call it in an actor's.
class link_watch {
public:
  explicit link_watch(node_services& services);
  link_watch(const link_watch&) = delete;
  link_watch& operator=(const link_watch&) = delete;

  /// Sends one `writable` to `subscriber`, an actor of this node, as soon as at least half of the send
  /// buffer (`limits::send_buffer_bytes`) of the link to the node of `receiver` is free: at once if it is,
  /// or if `receiver` lives here. Also when the link ends (node_down), so that nobody waits for ever, and
  /// when the node has stopped (unavailable). All senders of this node share the room, nothing is reserved.
  /// Asking again before the answer changes nothing.
  void when_writable(const caf::actor& receiver, const caf::actor& subscriber);

  /// Waits for the same. Errors: overloaded (not within the time, or too many wait), node_down (there
  /// is no link, or it has ended), invalid_argument (no receiver), unavailable (stopped).
  error wait_until_writable(const caf::actor& receiver, duration within);

  /// Sends a `dead_letter` to `subscriber` whenever messages were lost and no sender can be told, until it
  /// ends or the node stops. It must be an actor of this node.
  void subscribe_dead_letters(const caf::actor& subscriber);

private:
  node_services& services_;
};

} // namespace chorus
