#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/error.hpp>

#include <cstdint>

namespace chorus {

/// What one message on the channel `actors` carries. The pair of the link message says from which actor it
/// comes and for which it is (0: the node itself); the parcel's first byte says what it is.
///
/// A parcel from an actor to another one (`message`, `linked`, `unlinked`) gives the other node one handle of
/// its sender and returns one of its receiver, see handles/holders.hpp.
enum class parcel : std::uint8_t {
  message = 1,  ///< `message_header`, then the message
  linked = 2,   ///< the sender has linked itself to the receiver
  unlinked = 3, ///< and no longer is
  ended = 4,    ///< the sender has ended; `end_notice`
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

/// An actor has ended, for a node that holds handles of it.
struct end_notice {
  std::int64_t given = 0; ///< handles that the node was given and has not released
  caf::error reason;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(given, reason);
  }
};

/// The bytes of a parcel whose content always travels: no user's values in it.
template <class Content>
byte_buffer encode_parcel(parcel what, const Content& content) {
  auto bytes = codec::encode(what);
  auto failed = codec::encode_to(bytes, content);
  CHORUS_CHECK(!failed, failed.what.c_str());
  return bytes;
}

} // namespace chorus
