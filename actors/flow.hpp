#pragma once

#include <chorus/runtime/result.hpp>

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>

/// What a node tells the senders of one-way messages to other nodes: what was lost on the way, and when there
/// is room again.
///
/// Each one-way message to an actor of another node has one of these fates:
/// - It reaches the actor's mailbox. Its sender is told nothing.
/// - It is not delivered, for certain: `undelivered`. The link to the receiver's node is full, ended before
///   all of the message had left, or was never opened; the message may not travel (too large, of an
///   undeclared type); or the receiver's node could not read it.
/// - The link ended after it had left and before it was acknowledged: `unconfirmed`. Nobody knows whether it
///   has arrived (the two-generals problem).
/// - The actor has ended: it is dropped silently, as within a node.
namespace chorus {

/// What notices say of lost messages. They are told together: the first of them opens a record, and the
/// notice goes out as soon as the link has room or has ended, or a tenth of a second later.
struct loss_notice {
  /// Null only in a `dead_letter` of messages that went to too many receivers to tell them apart.
  caf::actor receiver;

  /// When this node learned of the first of them: while it was being sent if the reason is overloaded,
  /// too_large, or unknown_type of an undeclared type; then what was sent to `receiver` before, and is in no
  /// earlier notice, was taken. Else when the link ended or the receiver's node answered. A moment and not a
  /// message: a message of 8 MiB would have to be kept for every pair, and a sender that wants to send again
  /// knows best what.
  std::chrono::steady_clock::time_point first;

  std::uint64_t count = 0; ///< each message counts in exactly one notice
  error reason;            ///< overloaded, too_large, unknown_type, malformed, node_down, …
};

/// To the sender of one-way messages that were not delivered and never will be. Arrives as an ordinary
/// message without a sender; one for each receiver and reason, about ten a second while a sender goes on in
/// spite of them. Whoever sends and never reads its mailbox keeps them there.
struct undelivered : loss_notice {};

/// To the sender of one-way messages that may or may not have arrived, as `undelivered`. The reason is
/// outcome_unknown. Once for each receiver when a link ends.
struct unconfirmed : loss_notice {};

/// Either of the two about messages that have no sender who could be told: sent anonymously, on behalf of an
/// actor of another node, or by an actor that has ended since. To the subscribers of
/// `link_watch::subscribe_dead_letters`. What may have arrived has the reason outcome_unknown.
struct dead_letter : loss_notice {};

/// The answer to `link_watch::when_writable`.
struct writable {
  caf::actor receiver;

  /// None: there is room now. node_down: there never will be, for this handle. overloaded: too many wait
  /// already (`writable_waiters::limit`, `remote_node::met_waiters`), ask again later.
  error reason;
};

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::undelivered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::unconfirmed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::dead_letter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::writable)
