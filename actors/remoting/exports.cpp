#include "exports.hpp"

#include <utility>

namespace chorus {

bool exports::add(const caf::strong_actor_ptr& actor) {
  {
    std::shared_lock guard{mutex_};
    if (entries_.contains(actor->id()))
      return false;
  }
  std::unique_lock guard{mutex_};
  return !closed_ && entries_.try_emplace(actor->id(), entry{actor, {}}).second;
}

caf::strong_actor_ptr exports::find(std::uint64_t actor) const {
  std::shared_lock guard{mutex_};
  auto position = entries_.find(actor);
  return position == entries_.end() ? nullptr : position->second.actor;
}

bool exports::watch(std::uint64_t actor, const peer& watcher) {
  std::unique_lock guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return false;
  position->second.watchers.insert(watcher);
  return true;
}

std::vector<peer> exports::remove(std::uint64_t actor) {
  // The last reference may go with the entry, and the actor's end may come back here: not under the lock.
  entry removed;
  {
    std::unique_lock guard{mutex_};
    auto position = entries_.find(actor);
    if (position == entries_.end())
      return {};
    removed = std::move(position->second);
    entries_.erase(position);
  }
  return {removed.watchers.begin(), removed.watchers.end()};
}

void exports::forget_watcher(const peer& watcher) {
  std::unique_lock guard{mutex_};
  for (auto& [id, exported] : entries_)
    exported.watchers.erase(watcher);
}

void exports::close() {
  std::unordered_map<std::uint64_t, entry> removed; // its last references may go, not under the lock
  std::unique_lock guard{mutex_};
  closed_ = true;
  removed.swap(entries_);
}

} // namespace chorus
