#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What any membership protocol of chorus is told and what it says, whatever runs inside: the
/// interface between `actors` and the protocol that knows who is here.
namespace chorus::membership {

// -- inputs --------------------------------------------------------------------------------------

/// Try to reach somebody at this address, for ever, with back-off.
struct add_seed {
  address where;
};

/// The link to this member gave up, though this protocol has not said that it failed. No verdict: it is a
/// reason to look, and nobody else hears of it.
struct unreachable {
  peer who;
};

/// This node leaves in order.
struct leave {};

/// From now on this node says this about itself. Pre: encoded at most `limits::metadata_bytes`
/// (`metadata_size` in `swim/wire.hpp` tells).
struct update {
  metadata about;
};

/// A TCP connection to this member broke. No verdict: it is a reason to look.
struct connection_lost {
  peer who;
};

/// The answer to `try_connection`; at most one is looked for at a time for each member.
struct connection_tried {
  enum class outcome : std::uint8_t {
    open,      ///< somebody listens there; at once closed again
    refused,   ///< the host says that nobody listens there (ECONNREFUSED), at all addresses of the name
    no_answer, ///< anything else: no route, no time left, an unknown name
  };
  peer who;
  outcome result = outcome::no_answer;
};

// -- steps ---------------------------------------------------------------------------------------
//
// Of each life: up, then failed and up again any number of times, then over at most once. Nothing after over.

/// A member is here: open a link to it. Also if it was declared failed before and is back in the same life.
struct member_up {
  member who;
};

/// A member was not heard of for too long. It is a member no more, until it answers again.
struct member_failed {
  member who;
};

/// That life has ended, whether it was a member or had failed. It never comes back.
struct member_over {
  enum class why : std::uint8_t {
    left,      ///< it said that it leaves
    restarted, ///< a later life of the node is here
  };
  member who;
  why reason = why::left;
};

std::string_view to_string(member_over::why reason) noexcept;

/// A member is suspected: for the first time since it was last trusted. It is a member still.
struct member_suspected {
  member who;
};

/// A suspicion was refuted: the member lives.
struct member_trusted {
  member who;
};

/// A member says something else about itself, or is to be reached elsewhere: `who` as it is from now on.
struct member_updated {
  member who;
};

/// Most members that this node has say that it has failed. Told once until that is over; for the log, and for
/// users who want to know that they were cut off.
struct expelled {
  std::vector<peer> by;
  std::size_t members = 0; ///< that this node has
};

/// The cluster does not take this node, for good: a live member has its name, for example.
struct rejected {
  std::string reason; ///< a sentence for the operator
};

/// A message for whoever listens there: for those who are no members here (yet, or any more), so that
/// the transport has no link to them. Like `transmit`, it may be lost.
template <class Message>
struct contact {
  address to;
  Message message;
};

/// Try a plain TCP connection to `where` and close it at once; the outcome comes back as
/// `connection_tried`. A step that is not answered is asked again after a while.
struct try_connection {
  peer who;
  address where;
};

/// A message for somebody who is no member and whose address may be of no use: back over the connection over
/// which `to` has spoken last. Like `transmit`, it may be lost.
template <class Message>
struct reply {
  peer to;
  Message message;
};

/// A seed does not answer: find out why, for the log. Told after the failure timeout, and each time that the
/// silence has become twice as long.
struct seed_silent {
  address where;
  duration lasted{};
};

} // namespace chorus::membership
