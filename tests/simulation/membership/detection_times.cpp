#include "detection_times.hpp"

#include <chorus/simulation/transcript.hpp>

namespace chorus::testing {

void deaths_are_noticed_in_time::look(time_point now, const reported_views& all) {
  for (const auto& [node, view] : all)
    for (const auto& [other, member] : view.up) {
      const auto dead = due_.find(member.who);
      if (dead == due_.end())
        continue;
      const auto& [since, bound] = dead->second;
      if (now - since > bound)
        return broken(
            "at " + to_string(view.self) + ": " + to_string(member.who) + " is a member "
            + simulation::to_text(now - since) + " s after its end, and " + simulation::to_text(bound)
            + " s are allowed"
        );
    }
}

} // namespace chorus::testing
