#include "introductions.hpp"

#include <utility>
#include <vector>

namespace chorus {

void introductions::add(
    relation_number newcomer,
    const caf17::actor_reference& reference,
    relation_number with_home,
    caf::strong_actor_ptr proxy
) {
  std::lock_guard guard{mutex_};
  // The caller holds another handle, or this one goes after the guard.
  proxy = table_.add(newcomer, {reference.home, reference.actor}, with_home, std::move(proxy));
}

void introductions::settle(
    relation_number newcomer, const caf17::actor_reference& reference, std::uint64_t count
) {
  caf::strong_actor_ptr released; // not under the mutex
  std::lock_guard guard{mutex_};
  released = table_.settle(newcomer, {reference.home, reference.actor}, count);
}

void introductions::forget(relation_number ended) {
  std::vector<caf::strong_actor_ptr> released; // not under the mutex
  std::lock_guard guard{mutex_};
  released = table_.forget(ended);
}

std::size_t introductions::size() const {
  std::lock_guard guard{mutex_};
  return table_.size();
}

} // namespace chorus
