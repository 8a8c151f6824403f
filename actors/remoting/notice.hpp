#pragma once

#include "parcel.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/handles/released_handle.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace chorus {

using handles::released_handle;

/// What one node tells another one of handles and requests, on the channel `handles`. Its first byte says
/// what it is.
enum class notice : std::uint8_t {
  hold = 1,        ///< this node has a handle of an actor there from a third one; `open_introduction`
  held = 2,        ///< answers a `hold`; `acknowledged_hold`
  introduced = 3,  ///< `introduction`
  release = 4,     ///< handles that this node uses no more; `released_handle`s
  forgotten = 5,   ///< of these releases, the actors had ended; `released_handle`s
  moved = 6,       ///< `moved_request`
  lost_link = 7,   ///< `lost_link_to`
  unreachable = 8, ///< `unreachable_origin`
  unreadable = 9,  ///< `unreadable_message`
  type_name = 10,  ///< `foreign_type`
};

/// Notices that may wait do not stand before those that are urgent.
inline constexpr link::pair urgent_notices{0, 1};
inline constexpr link::pair release_notices{0, 2};
inline constexpr link::pair unreadable_notices{0, 3};

/// The sending node has a handle of `actor`, which it got from a third one.
struct open_introduction {
  std::uint64_t actor = 0;

  /// The relation of the sender with whoever gave the handle and keeps the actor until it hears of it; for
  /// the home it is a word without meaning. 0 for a handle that came with a name: nobody waits.
  relation_number giver;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(actor, giver);
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

/// In one notice `release`, which waits for room.
inline constexpr std::size_t released_handles = 4096;

/// In one notice `forgotten`, which must find room: at most `outbox::notice_bytes`.
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

/// The bytes of a notice.
template <class Content>
byte_buffer encode_notice(notice kind, const Content& content) {
  auto bytes = codec::encode(kind);
  auto failed = codec::encode_to(bytes, content);
  CHORUS_CHECK(!failed, failed.what.c_str());
  return bytes;
}

} // namespace chorus
