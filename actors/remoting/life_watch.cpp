#include "life_watch.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

/// Asks without making a reference: the last one must not go under the lock.
bool life_watch::has_ended(const watcher& each) {
  return each.who->strong_refs.load(std::memory_order_acquire) == 0;
}

void life_watch::add(caf::weak_actor_ptr who, caf17::life_watcher told) {
  std::lock_guard guard{mutex_};
  if (watchers_.size() >= look_at_) {
    std::erase_if(watchers_, has_ended);
    look_at_ = 2 * std::max(watchers_.size(), look_at_ / 2);
  }
  watchers_.push_back({std::move(who), std::move(told)});
}

void life_watch::failed(time_point now, const peer& life) {
  failed_.emplace(life, now);
  end_old(now);
}

void life_watch::ended(time_point now, const peer& life) {
  failed_.erase(life);
  tell(life);
  end_old(now);
}

void life_watch::end_old(time_point now) {
  auto failed_at = [](const auto& item) { return item.second; };
  while (!failed_.empty()) {
    auto oldest = std::ranges::min_element(failed_, {}, failed_at);
    if (failed_.size() <= failed_lives && now - oldest->second < failed_for)
      return;
    auto life = oldest->first;
    failed_.erase(oldest);
    tell(life);
  }
}

/// Not under the lock: watchers let go of actors.
void life_watch::tell(const peer& life) {
  std::vector<watcher> all;
  {
    std::lock_guard guard{mutex_};
    all = watchers_;
  }
  for (const auto& each : all)
    if (auto who = each.who.lock())
      each.told(*who->get(), life);
}

} // namespace chorus
