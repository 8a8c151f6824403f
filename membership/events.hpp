#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// What any membership protocol of chorus is told and what it says, whatever runs inside: the
/// interface between `actors` and the protocol that knows who is here.
namespace chorus::membership {

// -- inputs --------------------------------------------------------------------------------------

/// Try to reach somebody at this address, for ever, with back-off.
struct add_seed {
  address where;
};

/// The link to this member ended for a reason of its own (not this protocol's verdict).
struct link_lost {
  peer who;
};

/// This node leaves in order.
struct leave {};

/// This node has taken a new incarnation after `declared_failed`; start over and rejoin. Every member
/// is reported down once, because nobody of them keeps a link to the old life; from then on a life
/// that was down for the old one may be up for the new one. Pre: greater than any earlier one.
struct new_life {
  chorus::incarnation incarnation;
};

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

/// A member is here: open a link to it.
struct member_up {
  member who;
};

/// A member is gone, and nothing of this incarnation counts any more.
struct member_down {
  enum class why : std::uint8_t {
    failed,    ///< not heard of for too long, or its link broke for good
    left,      ///< it said that it leaves
    restarted, ///< it is back as a new incarnation
  };
  member who;
  why reason = why::failed;
};

std::string_view to_string(member_down::why reason) noexcept;

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

/// The others declared this incarnation failed: end all links, take a new incarnation, apply `new_life`.
struct declared_failed {
  peer by;                   ///< whose verdict outweighs what this node has behind it
  std::uint32_t members = 0; ///< that it hears, itself included
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
