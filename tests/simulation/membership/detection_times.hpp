#pragma once

#include "reported_views.hpp"

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/checker.hpp>

#include <map>

namespace chorus::testing {

/// Each death is noticed by all others within its own bound, which depends on the circumstances
/// (`detection_bound` in bounds.hpp).
///
/// Deaths in a storm have no bound of their own: `failures_are_noticed` bounds them from the end of the
/// storm.
class deaths_are_noticed_in_time final : public simulation::checker {
public:
  deaths_are_noticed_in_time() : checker("each death is noticed by all others within its bound") {}

  /// That life is over, or circumstances have changed since its end: no member may have it any more once
  /// `bound` has passed from now on.
  void expect(time_point now, const peer& dead, duration bound) { due_[dead] = {now, bound}; }

  /// Nothing is expected any more, because something else goes wrong now.
  void suspend() { due_.clear(); }

  void look(time_point now, const reported_views& all);

private:
  struct expectation {
    time_point since;
    duration bound;
  };

  std::map<peer, expectation> due_;
};

} // namespace chorus::testing
