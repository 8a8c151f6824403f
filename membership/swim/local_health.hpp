#pragma once

#include <chorus/runtime/time.hpp>

#include <algorithm>

namespace chorus::membership::swim {

/// How far this node trusts its own ears (Dadgar, Phillips and Currey, "Lifeguard: local health awareness
/// for more accurate failure detection", arXiv 1707.00788, section IV-A: the local health multiplier).
///
/// A node that misses answers, misses the nacks of its helpers, or has to refute suspicions is probably
/// slow itself. It then probes more slowly and waits longer before it accuses anybody.
class local_health {
public:
  /// The lowest health there is; 0 is the best.
  static constexpr int worst = 8;

  void improve() { score_ = std::max(0, score_ - 1); }
  void worsen(int by = 1) { score_ = std::min(worst, score_ + by); }

  int score() const noexcept { return score_; }

  /// A length of time that a healthy node would wait, for this one.
  duration stretch(duration healthy) const { return healthy * (score_ + 1); }

private:
  int score_ = 0;
};

} // namespace chorus::membership::swim
