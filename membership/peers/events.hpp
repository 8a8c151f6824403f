#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstdint>
#include <string_view>
#include <variant>

/// What the table of peers is told and what it wants done.
namespace chorus::membership::peers {

// -- inputs: what membership says ------------------------------------------------------------------------

/// That life is a member: for the first time, or again after a verdict was taken back.
struct joined {
  member who;
};

/// That life is declared failed, until `joined` takes it back.
struct failed {
  peer who;
};

/// That life has left in order. Final.
struct left {
  member who;
};

/// A later life of that node has begun. Final.
struct restarted {
  member who;
};

// -- inputs: what the links say --------------------------------------------------------------------------

/// That life says hello, and there is no relation with it. Ignored if the nonce is not that of the member.
struct greeted {
  peer who;
  std::uint64_t nonce = 0; ///< of the process, as the hello says
};

/// The handshake of that relation is complete.
struct relation_established {
  relation_number relation;
};

/// Its last step: nothing more is delivered of it.
struct relation_closed {
  relation_number relation;
  link::closed::why reason = link::closed::why::closed_here;
};

/// This node gives up the relation with that life, for a reason of its own.
struct given_up {
  peer who;
};

/// The connection to that life broke.
struct connection_broken {
  peer who;
};

/// Every address of that life refuses connections.
struct connection_refused {
  peer who;
};

/// Something of that life has arrived; needed only while `core::is_questioned`.
struct heard {
  peer who;
};

using input = std::variant<
    joined,
    failed,
    left,
    restarted,
    greeted,
    relation_established,
    relation_closed,
    given_up,
    connection_broken,
    connection_refused,
    heard>;

// -- steps -----------------------------------------------------------------------------------------------

/// Open a link to that life under this number. If it has said hello it has the first word, and the link
/// answers that; else the link says hello.
struct open_relation {
  member who;
  relation_number relation;
  bool was_greeted = false;
};

/// End that link at once; `relation_closed` follows.
struct end_relation {
  peer who;
  relation_number relation;
};

/// Why two lives have nothing with each other any more.
enum class down_reason : std::uint8_t {
  failed,        ///< membership has declared it failed
  left,          ///< it has left the cluster
  restarted,     ///< it is back as a later life
  unreachable,   ///< only this node's link to it gave up
  ended_by_peer, ///< it has ended the relation
  violation,     ///< one of the two broke the protocol
  closed_here,   ///< this node leaves
};

std::string_view to_string(down_reason reason) noexcept;

/// Whether the life itself has failed or is over, and not only the relation with it.
constexpr bool is_gone(down_reason reason) noexcept {
  return reason == down_reason::failed || reason == down_reason::left || reason == down_reason::restarted;
}

/// The link has ended: fail what waits for an answer over it, end its handles, put its names out of reach.
/// After each `open_relation` once, before `peer_down`.
struct forget_relation {
  member who;
  relation_number relation;
  down_reason reason = down_reason::failed;
};

/// The two can talk from now on.
struct peer_up {
  member who;
  relation_number relation;
  bool again = false; ///< its node was up here before
};

/// Nothing of that relation comes any more. After each `peer_up` once.
struct peer_down {
  member who;
  relation_number relation;
  down_reason reason = down_reason::failed;
};

/// What membership has said of that life: forget its names. After its `peer_down` if it was up. `failed` may
/// be followed by another `peer_up`, and by `left` or `restarted`; those are the last word.
struct peer_gone {
  member who;
  down_reason reason = down_reason::failed; ///< failed, left or restarted
};

/// For membership: only this node cannot reach that member. It should look for itself.
struct unreachable {
  peer who;
};

/// That life is doubted: its connection broke, all its addresses refuse, and nothing of it arrived since.
/// Told again with `false` when something arrives; the end of the relation ends the doubt, too.
struct doubted {
  peer who;
  bool is_doubted = true;
};

using step = std::variant<
    open_relation,
    end_relation,
    forget_relation,
    peer_up,
    peer_down,
    peer_gone,
    unreachable,
    doubted>;

} // namespace chorus::membership::peers
