#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>

namespace chorus::membership::swim {

/// Who has said hello here and has not answered at the address that it advertises, and for how long.
class waiting_room {
public:
  /// Nodes that are remembered; whoever was heard of longest ago makes room.
  static constexpr std::size_t limit = 64;

  /// Who is silent for longer than `lasting` has given up, or starts anew.
  explicit waiting_room(duration lasting) : lasting_(lasting) {}

  /// `who` says hello. How long it has been doing so.
  duration enter(time_point now, const peer& who);

  /// It was let in, or is refused for another reason.
  void leave(const peer& who) { waiting_.erase(who); }

  void clear() { waiting_.clear(); }

private:
  struct visit {
    time_point first;
    time_point latest;
  };

  duration lasting_;
  std::map<peer, visit> waiting_;
};

} // namespace chorus::membership::swim
