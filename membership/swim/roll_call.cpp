#include <chorus/membership/swim/roll_call.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace chorus::membership::swim {

std::set<peer> roll_call::take_absent() {
  asks_again_at_.reset();
  std::set<peer> absent;
  std::ranges::set_difference(asked_, present_, std::inserter(absent, absent.end()));
  return absent;
}

void roll_call::postpone(duration pause) {
  ends_at_ += pause;
  if (asks_again_at_)
    *asks_again_at_ += pause;
}

void roll_call::answered(const peer& who) {
  if (asked_.contains(who))
    present_.insert(who);
}

void roll_call::accused(judge by) {
  settle(by.who.node);
  if (judges_.size() < judges_limit)
    judges_.push_back(std::move(by));
}

void roll_call::settle(const node_id& who) {
  std::erase_if(judges_, [&](const auto& other) { return other.who.node == who; });
}

standing roll_call::weigh(const node_id& self) const {
  auto is_judge = [this](const peer& who) {
    return std::ranges::any_of(judges_, [&](const auto& other) { return other.who.node == who.node; });
  };
  standing mine{0, self, self};
  std::size_t present = 0;
  for (const auto& who : present_) {
    if (is_judge(who))
      continue;
    ++present;
    mine.least = std::min(mine.least, who.node);
  }
  const auto scaled = asked_.empty() ? 0 : present * members_ / asked_.size();
  mine.members = static_cast<std::uint32_t>(scaled + 1);
  return mine;
}

const roll_call::judge* roll_call::find_outweighing(const node_id& self) const {
  const judge* greatest = nullptr;
  const auto mine = weigh(self);
  for (const auto& other : judges_)
    if (other.weight.outweighs(mine) && (greatest == nullptr || other.weight.outweighs(greatest->weight)))
      greatest = &other;
  return greatest;
}

} // namespace chorus::membership::swim
