#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/handles/released_handle.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace chorus {

using handles::released_handle;

/// What one message of a link carries. The pair of the link message says from which actor it comes and
/// for which it is (0: the node itself); the parcel's first byte says what it is.
///
/// A parcel from an actor (`message`, `linked`, `unlinked`) gives the other node one handle of its sender
/// and returns one of its receiver, see handles/holders.hpp.
enum class parcel : std::uint8_t {
  message = 1,      ///< `message_header`, then the message
  linked = 2,       ///< the sender has linked itself to the receiver
  unlinked = 3,     ///< and no longer is
  ended = 4,        ///< the sender has ended; `end_notice`
  hold = 5,         ///< this node has a handle of the receiver from a third one; `open_introduction`
  introduced = 6,   ///< `introduction`
  release = 7,      ///< handles that this node uses no more; `released_handle`s
  forgotten = 8,    ///< of these releases, the actors had ended; `released_handle`s
  moved = 9,        ///< `moved_request`
  names = 10,       ///< a message of the name registry
  lost_link = 11,   ///< `lost_link_to`
  unreadable = 12,  ///< `unreadable_message`
  type_name = 13,   ///< `foreign_type`
  held = 14,        ///< answers a `hold`; `acknowledged_hold`
  unreachable = 15, ///< `unreachable_origin`
};

/// Parcels that concern no pair of actors have pairs of their own: they wait for nobody else, and what may
/// wait does not stand before what is urgent. Not {0, 0}: what has no receiver waits for all else of its
/// sender (`link::pair`), so for every anonymous message.
inline constexpr link::pair names_pair{~std::uint64_t{0}, ~std::uint64_t{0}};
inline constexpr link::pair notices_pair{~std::uint64_t{0}, ~std::uint64_t{0} - 1};
inline constexpr link::pair releases_pair{~std::uint64_t{0}, ~std::uint64_t{0} - 2};
inline constexpr link::pair unreadable_pair{~std::uint64_t{0}, ~std::uint64_t{0} - 3};

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

/// The relation of the newcomer with whoever gave the handle and keeps the actor until it hears of it; for
/// the home it is a word without meaning. 0 for a handle that came with a name: nobody waits.
struct open_introduction {
  relation_number giver;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(giver);
  }
};

/// The home knows that the receiving node has a handle of `actor`, or has told it that the actor has ended.
struct acknowledged_hold {
  std::uint64_t actor = 0;
  relation_number giver;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(actor, giver);
  }
};

/// From a newcomer to the giver: the home of `actor` knows of so many handles that came from there, or the
/// newcomer needs none.
struct introduction {
  caf17::actor_reference actor;
  std::uint64_t count = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(actor, count);
  }
};

/// Requests that the sending node had delegated to that one may be lost: the link between the two has ended,
/// or that one cannot reach the receiving node. Those that have arrived are known to have.
struct lost_link_to {
  peer who;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(who);
  }
};

/// A request of that node's actors, which the receiving node has delegated to the sending one, cannot be
/// answered from there: the relation between the two has ended.
struct unreachable_origin {
  peer who;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(who);
  }
};

/// In one parcel `release`, which waits for room.
inline constexpr std::size_t released_handles = 4096;

/// In one parcel `forgotten`, which must find room: it is a notice of at most `outbox::notice_bytes`.
inline constexpr std::size_t forgotten_handles = 32;

/// A request of an actor of the receiving node was delegated to another node, which will answer now. Says
/// first who delegates, and then, with itself as `to`, who has received it.
struct moved_request {
  std::uint64_t requester = 0;
  std::uint64_t id = 0;
  peer to;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(requester, id, to);
  }
};

/// Messages of the receiving node that the sending one could not read: one request or answer, or a number of
/// one-way messages from one actor to another.
struct unreadable_message {
  std::uint64_t sender = 0; ///< of the pair that the message came on
  std::uint64_t receiver = 0;
  message_header header;  ///< of one-way messages: of the first; the others have the same `foreign_sender`
  std::uint64_t type = 0; ///< key of the type that could not be read; 0 if it did not come so far
  std::uint64_t count = 1;
  errc reason = errc::malformed;
  std::string text;          ///< what went wrong, unless the type is unknown
  std::string declared;      ///< versions of the type's name that the sending node declares
  bool name_is_known = true; ///< whether the sending node knows what the type is called

  template <class Archive>
  void serialize(Archive& archive) {
    archive(sender, receiver, header, type, count, reason, text, declared, name_is_known);
  }
};

/// What an `unreadable` one is called.
struct foreign_type {
  std::uint64_t key = 0;
  std::string name;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(key, name);
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
