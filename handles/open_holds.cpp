#include "open_holds.hpp"

namespace chorus::handles {

bool open_holds::add(relation_number giver, std::uint64_t actor) {
  key which{giver, actor};
  if (is_over_ || (entries_.size() >= limit && !entries_.contains(which)))
    return false;
  ++entries_[which];
  return true;
}

bool open_holds::close(relation_number giver, std::uint64_t actor) {
  auto position = entries_.find({giver, actor});
  if (position == entries_.end())
    return false;
  if (--position->second == 0)
    entries_.erase(position);
  return true;
}

void open_holds::forget(relation_number giver) {
  entries_.erase(entries_.lower_bound({giver, 0}), entries_.lower_bound({giver.next(), 0}));
}

std::vector<open_holds::open_hold> open_holds::close_all() {
  is_over_ = true;
  std::vector<open_hold> open;
  for (auto& [which, count] : std::exchange(entries_, {}))
    open.push_back({which.first, which.second, count});
  return open;
}

} // namespace chorus::handles
