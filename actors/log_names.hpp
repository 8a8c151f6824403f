#pragma once

#include "name_service.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace chorus {

/// What the log calls nodes and actors: by name where there is one, and with the number, which tells lives
/// and namesakes apart. Nodes keep their names when they have gone.
///
/// Thread rules: any thread, but not under the mutex of the name service.
class log_names {
public:
  /// Nodes remembered; of more, the one that came first is forgotten.
  static constexpr std::size_t limit = 2 * limits::members;

  explicit log_names(std::shared_ptr<const name_service> names) : names_(std::move(names)) {}

  void add(const membership::member& member);

  /// `ben (1f2e3d4c/2)`; only the number for one that was never a member here.
  std::string node(const peer& which) const;

  /// `'counter' (actor 12) of node ben (1f2e3d4c/2)`.
  std::string remote_actor(const caf17::actor_reference& which) const;

  /// `'worker' (actor 7)`, or `actor 7 (worker_state)` with its class if it has no name.
  std::string local_actor(const caf::strong_actor_ptr& which) const;

private:
  const std::shared_ptr<const name_service> names_;
  mutable std::mutex mutex_;
  std::map<node_id, std::string> nodes_;
  std::deque<node_id> order_; ///< as they came for the first time
};

} // namespace chorus
