#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>

#include <cstdint>

namespace chorus {

/// What one message of a link carries. The pair of the link message says from which actor it comes and
/// for which it is (0: the node itself); the parcel's first byte says what it is.
enum class parcel : std::uint8_t {
  message = 1, ///< `message_header`, then the message
  watch = 2,   ///< tell me when the receiver ends
  ended = 3,   ///< the sender has ended; an error, the reason
  names = 4,   ///< a message of the name registry
};

/// Before each message of an actor.
struct message_header {
  std::uint64_t id = 0; ///< CAF's message id with its flags: category, request, response
  /// Who sent it, if that is not an actor of the sending node: a request that was delegated.
  caf17::actor_reference foreign_sender;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(id, foreign_sender);
  }
};

} // namespace chorus
