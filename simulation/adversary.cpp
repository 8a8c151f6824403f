#include "adversary.hpp"

#include <chorus/simulation/network.hpp>

namespace chorus::simulation {

std::vector<packet> liar::speak(const packet& truth, fault_counts& count) {
  said_.push_back(truth.content);
  if (said_.size() > memory)
    said_.pop_front();

  std::vector<packet> spoken{truth};
  auto& content = spoken.front().content;
  if (chance_.chance(how_often_.equivocation)) {
    if (truth.to % 2 == 1)
      content = change_(truth.content, chance_);
    count.add(fault::equivocation);
  } else if (chance_.chance(how_often_.forgery)) {
    content = change_(truth.content, chance_);
    count.add(fault::forgery);
  } else if (chance_.chance(how_often_.replay)) {
    content = said_[chance_.below(said_.size())];
    count.add(fault::replay);
  } else if (chance_.chance(how_often_.silence)) {
    spoken.clear();
    count.add(fault::forgery);
  }
  return spoken;
}

wire_message change_bytes(const wire_message& truth, random_generator& chance) {
  auto changed = truth;
  corrupt_bytes(changed.head, chance);
  return changed;
}

} // namespace chorus::simulation
