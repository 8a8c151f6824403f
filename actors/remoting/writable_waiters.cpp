#include "writable_waiters.hpp"

#include <utility>

namespace chorus {

bool writable_waiters::add(const std::shared_ptr<outbox>& link, const waiter& who) {
  auto where = key_of(link, who);
  std::lock_guard guard{mutex_};
  if (waiters_.contains(where))
    return true;
  if (waiters_.size() >= limit)
    return false;
  waiters_.emplace(std::move(where), who);
  return true;
}

void writable_waiters::remove(const std::shared_ptr<outbox>& link, const waiter& who) {
  std::map<key, waiter>::node_type removed; // may end actors, so not under the mutex
  std::lock_guard guard{mutex_};
  removed = waiters_.extract(key_of(link, who));
}

std::vector<writable_waiters::waiter> writable_waiters::take(const std::shared_ptr<outbox>& link) {
  std::vector<waiter> found;
  std::map<key, waiter> taken; // may hold the last handles of actors, which then end: not under the mutex
  std::lock_guard guard{mutex_};
  auto next = waiters_.lower_bound({link, 0, nullptr});
  while (next != waiters_.end() && std::get<0>(next->first) == link) {
    found.push_back(next->second);
    taken.insert(waiters_.extract(next++));
  }
  return found;
}

writable_waiters::key writable_waiters::key_of(const std::shared_ptr<outbox>& link, const waiter& who) {
  return {link, who.subscriber.id(), who.receiver};
}

} // namespace chorus
