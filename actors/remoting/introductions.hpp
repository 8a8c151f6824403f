#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <map>
#include <mutex>

namespace chorus {

/// Handles of a third node's actors that this node gave away. Each is kept here until its home knows of the
/// new holder: if this node let go of it first, the actor might end in between.
///
/// Thread rules: any thread.
class introductions {
public:
  /// Of all nodes together. What goes beyond travels without this protection.
  static constexpr std::size_t limit = 1'000'000;

  /// `actor`, a stand-in for `reference`, is about to be sent to `newcomer`.
  void add(const peer& newcomer, const caf17::actor_reference& reference, caf::strong_actor_ptr actor);

  /// The home knows, or it was not sent, or the newcomer needs no handle. Once for each `add`.
  void settle(const peer& newcomer, const caf17::actor_reference& reference);

  /// Nothing more comes from this life of a node, as newcomer or as home.
  void forget(const peer& who);

  std::size_t size() const;

private:
  struct entry {
    caf::strong_actor_ptr actor;
    std::uint64_t count = 0;
  };

  mutable std::mutex mutex_;
  std::map<peer, std::map<caf17::actor_reference, entry>> entries_; ///< by newcomer
  std::size_t size_ = 0;
};

} // namespace chorus
