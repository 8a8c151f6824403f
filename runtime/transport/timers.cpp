#include "timers.hpp"

#include <vector>

namespace chorus {

void timers::arm(std::uint64_t key, std::optional<time_point> when, task what) {
  if (auto earlier = by_key_.find(key); earlier != by_key_.end()) {
    by_time_.erase({earlier->second.when, key});
    by_key_.erase(earlier);
  }
  if (!when)
    return;
  by_time_.emplace(*when, key);
  by_key_.emplace(key, armed{*when, std::move(what)});
}

std::optional<time_point> timers::next() const {
  if (by_time_.empty())
    return std::nullopt;
  return by_time_.begin()->first;
}

void timers::run_due(time_point now) {
  std::vector<std::pair<time_point, std::uint64_t>> due;
  for (auto next = by_time_.begin(); next != by_time_.end() && next->first <= now; ++next)
    due.push_back(*next);
  for (const auto& [when, key] : due) {
    // An earlier task of this round may have taken it away or moved it.
    if (by_time_.erase({when, key}) == 0)
      continue;
    auto node = by_key_.extract(key);
    node.mapped().what();
  }
}

} // namespace chorus
