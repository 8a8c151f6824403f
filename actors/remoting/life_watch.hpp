#pragma once

#include "../caf17/remote_actor.hpp"

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor_control_block.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace chorus {

/// Tells actors of this node which lives of other nodes are over for good, so that they can forget what they
/// keep about them. The end of a relation is no such end: the two may meet again.
class life_watch {
public:
  /// A life that has failed and has not come back by then is taken for over. Longer than anybody waits for an
  /// answer.
  static constexpr std::chrono::minutes failed_for{15};

  /// Failed lives that are waited for; the one that failed longest ago is taken for over.
  static constexpr std::size_t failed_lives = limits::members;

  /// Calls `told` with `watcher` and each life that is over from now on, as long as the watcher exists. Any
  /// thread.
  void add(caf::weak_actor_ptr watcher, caf17::life_watcher told);

  // -- what membership says; in the I/O thread, which also calls the watchers ------------------------

  void failed(time_point now, const peer& life);
  void returned(const peer& life) { failed_.erase(life); }
  void ended(time_point now, const peer& life);

private:
  struct watcher {
    caf::weak_actor_ptr who;
    caf17::life_watcher told;
  };

  static bool has_ended(const watcher& each);
  void end_old(time_point now);
  void tell(const peer& life);

  std::mutex mutex_;
  std::vector<watcher> watchers_;
  std::size_t look_at_ = 64; ///< watchers, when those that have ended are removed
  std::map<peer, time_point> failed_;
};

} // namespace chorus
