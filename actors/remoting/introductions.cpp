#include "introductions.hpp"

#include <utility>
#include <vector>

namespace chorus {

void introductions::add(
    const peer& newcomer, const caf17::actor_reference& reference, caf::strong_actor_ptr actor
) {
  std::lock_guard guard{mutex_};
  auto given = entries_.find(newcomer);
  auto is_known = given != entries_.end() && given->second.contains(reference);
  if (!is_known && size_ >= limit)
    return;
  auto& known = entries_[newcomer][reference];
  if (!is_known) {
    known.actor = std::move(actor);
    ++size_;
  }
  ++known.count;
}

void introductions::settle(const peer& newcomer, const caf17::actor_reference& reference) {
  caf::strong_actor_ptr released; // not under the mutex
  std::lock_guard guard{mutex_};
  auto given = entries_.find(newcomer);
  if (given == entries_.end())
    return;
  auto position = given->second.find(reference);
  if (position == given->second.end() || --position->second.count > 0)
    return;
  released = std::move(position->second.actor);
  given->second.erase(position);
  --size_;
  if (given->second.empty())
    entries_.erase(given);
}

void introductions::forget(const peer& who) {
  std::vector<caf::strong_actor_ptr> released; // not under the mutex
  std::lock_guard guard{mutex_};
  for (auto given = entries_.begin(); given != entries_.end();) {
    auto is_newcomer = given->first == who;
    std::erase_if(given->second, [&](auto& item) {
      if (!is_newcomer && item.first.home != who)
        return false;
      released.push_back(std::move(item.second.actor));
      --size_;
      return true;
    });
    given = given->second.empty() ? entries_.erase(given) : std::next(given);
  }
}

std::size_t introductions::size() const {
  std::lock_guard guard{mutex_};
  return size_;
}

} // namespace chorus
