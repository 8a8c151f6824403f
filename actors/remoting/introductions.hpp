#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/handles/introductions.hpp>
#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <mutex>

namespace chorus {

/// Handles of a third node's actors that this node gave away: `handles::introductions` for many threads. What
/// is kept no more is let go here, not under the mutex.
///
/// Thread rules: any thread.
class introductions {
public:
  void
  add(relation_number newcomer,
      const caf17::actor_reference& reference,
      relation_number with_home,
      caf::strong_actor_ptr proxy);
  void settle(relation_number newcomer, const caf17::actor_reference& reference, std::uint64_t count = 1);
  void forget(relation_number ended);
  std::size_t size() const;

private:
  mutable std::mutex mutex_;
  handles::introductions<caf::strong_actor_ptr> table_;
};

} // namespace chorus
