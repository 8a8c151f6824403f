#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace chorus::membership::swim {

/// The lives that are over for good: of each node the greatest incarnation. What is said of one of them, or
/// of an earlier one, is news of the past, whoever says it; also when a later life has begun.
class ended_lives {
public:
  /// Nodes that are remembered; the one whose life ended longest ago makes room.
  static constexpr std::size_t limit = limits::members;

  struct life {
    peer who;
    address where;
    member_over::why reason = member_over::why::left;
    time_point ended_at;
    std::optional<time_point> told_at; ///< when somebody who believes in it was last told
  };

  /// A no-op if that life, or a later one of the node, is over already.
  void bury(time_point now, const peer& who, const address& where, member_over::why reason);

  /// What ended that life: the life itself or a later one of the same node. Null if it may live.
  life* find(const peer& who);
  const life* find(const peer& who) const;

  /// Those that left since then, the latest first, at most `count`.
  std::vector<life> since(time_point when, std::size_t count) const;

  std::size_t size() const noexcept { return lives_.size(); }

private:
  std::map<node_id, life> lives_;
};

} // namespace chorus::membership::swim
