#pragma once

#include "../caf17/remote_actor.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace chorus {

/// The stand-ins of remote actors, by node: one for each actor, so that handles of one actor compare equal.
///
/// Thread rules: any thread.
class proxies {
public:
  /// A stand-in, and whether it was made by this call.
  struct entry {
    caf::strong_actor_ptr actor;
    bool is_new = false;
  };

  /// Stand-ins that are kept for one node, and nodes without a link for whose actors any are kept: a
  /// handle costs its sender a few bytes, and this node an actor.
  static constexpr std::size_t actors_per_node = 1'000'000;
  static constexpr std::size_t nodes_without_link = 1024;

  /// The stand-in for `reference`, made if there is none. A stand-in that has already ended for an actor
  /// of a node that has been lost (`lose`), over one of the limits, and after `close`.
  entry find_or_make(
      caf::actor_system& system,
      const caf17::actor_reference& reference,
      const std::shared_ptr<caf17::gateway>& hub
  );

  /// The link to `who`; stand-ins made from now on use it. Gives the actors of `who` whose stand-ins
  /// were made before there was one, in ascending order.
  std::vector<std::uint64_t> set_link(const peer& who, std::shared_ptr<outbox> link);

  std::shared_ptr<outbox> link_of(const peer& who) const;

  /// The actor has ended: its stand-in ends with the same reason.
  void end(const caf17::actor_reference& reference, caf::error reason);

  /// This life of the node is over: all its stand-ins end, and later ones are born dead.
  void lose(const peer& who, const caf::error& reason);

  /// Lives of the same node before this one of which there are stand-ins.
  std::vector<peer> earlier_lives(const peer& who) const;

  /// Makes no more living stand-ins; gives the nodes of which there are some.
  std::vector<peer> close();

private:
  struct node {
    std::shared_ptr<outbox> link;
    std::map<std::uint64_t, caf::strong_actor_ptr> actors;
  };

  static void kill(const caf::strong_actor_ptr& actor, caf::error reason);
  bool is_lost(const peer& who) const;
  bool has_room(const peer& who) const;

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::map<peer, node> nodes_;
  std::unordered_map<node_id, incarnation> lost_; ///< up to which life a node is lost
};

} // namespace chorus
