#pragma once

#include "parcel.hpp"

#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/link_layer.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace chorus::testing::linked_calls {

/// The way to other nodes: an outbox for each link, as `runtime/transport/outbox.hpp` has it. What is left
/// there is handed to the link at the next turn.
class way {
public:
  way(simulation::link_layer& links, const link::config& limits, std::function<void()> wake)
      : links_(links), limits_(limits), wake_(std::move(wake)) {}

  /// `none`, or why nothing of it will ever be sent.
  errc send(const peer& to, const parcel& what);

  /// Hands over what was sent; ends links that have no room even for a failure.
  void turn();

  /// A requester could not be told what became of its request: the link is worth nothing any more.
  void give_up(const peer& other);

  void released(const peer& other, std::size_t bytes) { boxes_[other].held -= bytes; }

  /// The link has ended. Gives what was not handed over.
  std::vector<parcel> close(const peer& other);

  bool empty() const;

private:
  struct outbox {
    std::vector<link::send> waiting;
    std::size_t held = 0; ///< by what waits, and by what the link has and was not acknowledged
  };

  std::size_t room_for(const link::send& message) const;

  simulation::link_layer& links_;
  const link::config limits_;
  const std::function<void()> wake_;
  std::map<peer, outbox> boxes_;
  std::set<peer> hopeless_;
};

} // namespace chorus::testing::linked_calls
