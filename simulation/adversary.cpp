#include "adversary.hpp"

#include <chorus/simulation/network.hpp>

#include <algorithm>

namespace chorus::simulation {

namespace {

bool is_same(const wire_message& left, const wire_message& right) {
  return left.head == right.head && std::ranges::equal(left.body.view(), right.body.view());
}

} // namespace

std::vector<packet> liar::speak(const packet& truth, fault_counts& count) {
  auto lie = fault::forgery;
  std::vector<packet> spoken{truth};
  auto& content = spoken.front().content;
  if (chance_.chance(how_often_.equivocation)) {
    lie = fault::equivocation;
    if (truth.to % 2 == 1)
      content = change_(truth.content, chance_);
  } else if (chance_.chance(how_often_.forgery)) {
    content = change_(truth.content, chance_);
  } else if (chance_.chance(how_often_.replay)) {
    lie = fault::replay;
    if (!said_.empty())
      content = said_[chance_.below(said_.size())];
  } else if (chance_.chance(how_often_.silence)) {
    spoken.clear();
  }
  if (spoken.empty() || !is_same(content, truth.content))
    count.add(lie);
  said_.push_back(truth.content);
  if (said_.size() > memory)
    said_.pop_front();
  return spoken;
}

wire_message change_bytes(const wire_message& truth, random_generator& chance) {
  auto changed = truth;
  corrupt_bytes(changed.head, chance);
  return changed;
}

} // namespace chorus::simulation
