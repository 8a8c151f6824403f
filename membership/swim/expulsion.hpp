#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <vector>

namespace chorus::membership::swim {

/// Tells whether most members have declared this node failed. A member says so in its questions.
class expulsion {
public:
  /// Members that are remembered; beyond it further ones are not counted.
  static constexpr std::size_t limit = limits::members;

  /// `window`: what was said longer ago does not count any more.
  explicit expulsion(duration window) : window_(window) {}

  /// A member says that this node has failed. True if more than half of the `members` members say so now,
  /// for the first time since the last of them was silent for the window.
  bool hear(time_point now, const peer& by, std::size_t members);

  /// Who says so, as of the last call of `hear`.
  std::vector<peer> accusers() const;

private:
  duration window_;
  std::map<peer, time_point> said_at_;
  bool told_ = false;
};

} // namespace chorus::membership::swim
