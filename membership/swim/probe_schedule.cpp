#include <chorus/membership/swim/probe_schedule.hpp>

#include <algorithm>
#include <cstdint>

namespace chorus::membership::swim {

void probe_schedule::add(const node_id& who) {
  const auto place = static_cast<std::size_t>(chance_.below(order_.size() + 1));
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), who);
  if (place < next_)
    ++next_;
}

void probe_schedule::remove(const node_id& who) {
  const auto found = std::ranges::find(order_, who);
  if (found == order_.end())
    return;
  if (static_cast<std::size_t>(found - order_.begin()) < next_)
    --next_;
  order_.erase(found);
}

std::optional<node_id> probe_schedule::next() {
  if (order_.empty())
    return std::nullopt;
  if (next_ >= order_.size()) {
    chance_.shuffle(order_);
    next_ = 0;
  }
  return order_[next_++];
}

} // namespace chorus::membership::swim
