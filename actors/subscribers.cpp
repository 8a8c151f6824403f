#include "subscribers.hpp"

#include <caf/send.hpp>

#include <utility>

namespace chorus {

bool subscribers::add(const caf::actor& subscriber) {
  {
    std::lock_guard guard{mutex_};
    if (!entries_.emplace(subscriber.id(), subscriber).second)
      return false;
  }
  // Not under the mutex: for an actor that has ended already the functor runs at once.
  subscriber->attach_functor([weak = weak_from_this(), id = subscriber.id()] {
    if (auto all = weak.lock())
      all->remove(id);
  });
  return true;
}

void subscribers::tell(const caf::message& what) {
  std::lock_guard guard{mutex_};
  for (auto& [id, subscriber] : entries_)
    caf::anon_send(subscriber, what);
}

void subscribers::clear() {
  std::map<std::uint64_t, caf::actor> removed; // its last references may go, not under the mutex
  std::lock_guard guard{mutex_};
  removed.swap(entries_);
}

void subscribers::remove(std::uint64_t subscriber) {
  caf::actor removed; // the last reference may go, not under the mutex
  std::lock_guard guard{mutex_};
  if (auto position = entries_.find(subscriber); position != entries_.end()) {
    removed = std::move(position->second);
    entries_.erase(position);
  }
}

} // namespace chorus
