#pragma once

#include <chorus/runtime/result.hpp>

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>

/// What a node tells senders of the way to other nodes: what it could not send, and when there is room.
///
/// A one-way message is refused when the link to its receiver's node is full, has ended or was never
/// there, or when the message itself may not travel (too large, of an undeclared type). Nothing of a
/// refused message is ever sent. Messages to an actor that has ended are dropped silently, as within a
/// node. What a link had taken and not acknowledged when it ended is neither refused nor delivered for
/// certain: its outcome is unknown, and a monitor's `down_msg` is the notice of it.
namespace chorus {

/// What notices say of refused messages. They are told together: the first of them opens a record, and
/// the notice goes out as soon as the link has room, or a tenth of a second later.
struct refused_messages {
  /// Null only in a `dead_letter` of messages that went to too many receivers to tell them apart.
  caf::actor receiver;

  /// When the first of them was refused: while it was being sent, or when the link ended before it left.
  /// Except in the latter case, which is node_down, what was sent to `receiver` before that, and is in no
  /// earlier notice, was taken. A moment and not a message: a message of 8 MiB would have to be kept for
  /// every pair, and a sender that wants to send again knows best what.
  std::chrono::steady_clock::time_point first;

  std::uint64_t count = 0; ///< each refused message counts in exactly one notice
  error reason;            ///< overloaded, too_large, unknown_type, node_down, …
};

/// To the sender of one-way messages that could not be sent. Arrives as an ordinary message without a
/// sender; one for each receiver and reason, about ten a second while a sender goes on in spite of them.
/// Whoever sends and never reads its mailbox keeps them there.
struct undelivered : refused_messages {};

/// The same about messages that have no sender who could be told: sent anonymously, on behalf of an actor
/// of another node, or by an actor that has ended since. To the subscribers of
/// `node::subscribe_dead_letters`.
struct dead_letter : refused_messages {};

/// The answer to `node::when_writable`.
struct writable {
  caf::actor receiver;

  /// None: there is room now. node_down: there never will be, for this handle. overloaded: too many wait
  /// already (`writable_waiters::limit`, `remote_node::met_waiters`), ask again later.
  error reason;
};

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::undelivered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::dead_letter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::writable)
