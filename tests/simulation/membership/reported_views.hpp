#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>

#include <map>
#include <set>

/// What somebody who hears the reports of all processes at once knows of them.
namespace chorus::testing {

/// What one process has reported of the others in its present life.
struct reported_view {
  peer self;
  std::map<node_id, membership::member> up;
  std::set<node_id> suspected; ///< of those that are up

  /// Those that were reported failed since they were up, and whether they have answered since then.
  std::map<peer, bool> failed;

  /// The greatest life of each node that was reported over.
  std::map<node_id, incarnation> over;

  bool has(const peer& who) const {
    auto found = up.find(who.node);
    return found != up.end() && found->second.who == who;
  }
};

/// Of the processes that run.
using reported_views = std::map<node_id, reported_view>;

} // namespace chorus::testing
