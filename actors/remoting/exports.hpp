#pragma once

#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace chorus {

/// The local actors that other nodes may know of, and which nodes watch them.
///
/// An exported actor is held until it ends, as a handle in a local actor's hands would hold it.
/// Thread rules: any thread.
class exports {
public:
  /// Returns true when the actor is new here: the caller then arranges that `remove` is called when it ends.
  bool add(const caf::strong_actor_ptr& actor);

  /// Null if there is no such actor any more.
  caf::strong_actor_ptr find(std::uint64_t actor) const;

  /// Returns false if the actor has ended already.
  bool watch(std::uint64_t actor, const peer& watcher);

  /// Forgets the actor and gives the nodes that watched it, in ascending order.
  std::vector<peer> remove(std::uint64_t actor);

  /// This node watches nothing any more.
  void forget_watcher(const peer& watcher);

  /// Forgets all actors and takes no more: `add` answers false.
  void close();

private:
  struct entry {
    caf::strong_actor_ptr actor;
    std::set<peer> watchers;
  };

  mutable std::shared_mutex mutex_;
  bool closed_ = false;
  std::unordered_map<std::uint64_t, entry> entries_;
};

} // namespace chorus
