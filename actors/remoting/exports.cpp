#include "exports.hpp"

#include <caf/exit_reason.hpp>

#include <algorithm>
#include <utility>

namespace chorus {

bool exports::give(const caf::strong_actor_ptr& actor, const peer& who) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return false;
  auto [position, is_new] = entries_.try_emplace(actor->id());
  auto& known = position->second;
  if (is_new)
    known.actor = actor.get();
  if (!known.held)
    known.held = actor;
  known.holders.give(who);
  return is_new;
}

void exports::take_back(std::uint64_t actor, const peer& who) {
  caf::strong_actor_ptr released; // not under the mutex
  std::lock_guard guard{mutex_};
  if (auto position = entries_.find(actor); position != entries_.end()) {
    position->second.holders.take_back(who);
    released = position->second.let_go();
  }
}

caf::strong_actor_ptr exports::came_back(std::uint64_t actor, const peer& who) {
  caf::strong_actor_ptr released; // not under the mutex
  std::lock_guard guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return nullptr;
  auto& known = position->second;
  auto found = known.held ? known.held : known.actor.lock();
  known.holders.came_back(who);
  if (!known.held && !known.holders.empty())
    known.held = found;
  else
    released = known.let_go();
  return found;
}

bool exports::hold(std::uint64_t actor, const peer& who) {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return false;
  auto& known = position->second;
  if (!known.held && !(known.held = known.actor.lock()))
    return false;
  known.holders.give(who);
  return true;
}

bool exports::release(
    std::uint64_t actor,
    const peer& who,
    std::uint64_t received,
    std::uint64_t returned,
    std::vector<caf::strong_actor_ptr>& garbage
) {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return false;
  position->second.holders.release(who, received, returned);
  if (auto released = position->second.let_go())
    garbage.push_back(std::move(released));
  return true;
}

caf::strong_actor_ptr exports::find(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return nullptr;
  return position->second.held ? position->second.held : position->second.actor.lock();
}

std::vector<holders::holder> exports::remove(std::uint64_t actor, const caf::error& reason) {
  entry removed;                        // not under the mutex
  decltype(ends_)::node_type forgotten; // nor this: a reason may hold handles
  std::lock_guard guard{mutex_};
  auto position = entries_.find(actor);
  if (position == entries_.end())
    return {};
  removed = std::move(position->second);
  entries_.erase(position);
  if (ends_.try_emplace(actor, reason).second)
    order_of_ends_.push_back(actor);
  if (order_of_ends_.size() > remembered_ends) {
    forgotten = ends_.extract(order_of_ends_.front());
    order_of_ends_.pop_front();
  }
  return removed.holders.all();
}

caf::error exports::reason_of_end(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  auto position = ends_.find(actor);
  return position == ends_.end() ? caf::error{caf::exit_reason::unknown} : position->second;
}

std::vector<caf::strong_actor_ptr> exports::forget_holder(const peer& who) {
  std::vector<caf::strong_actor_ptr> released;
  std::lock_guard guard{mutex_};
  for (auto& [id, known] : entries_) {
    known.holders.forget(who);
    if (auto actor = known.let_go())
      released.push_back(std::move(actor));
  }
  return released;
}

std::vector<caf::strong_actor_ptr> exports::close() {
  std::unordered_map<std::uint64_t, entry> removed;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    removed.swap(entries_);
  }
  std::vector<caf::strong_actor_ptr> released;
  for (auto& [id, known] : removed)
    if (known.held)
      released.push_back(std::move(known.held));
  return released;
}

exports::sizes exports::size() const {
  std::lock_guard guard{mutex_};
  auto held =
      std::count_if(entries_.begin(), entries_.end(), [](auto& item) { return item.second.held != nullptr; });
  return {static_cast<std::size_t>(held), entries_.size()};
}

caf::strong_actor_ptr exports::entry::let_go() {
  return holders.empty() ? std::exchange(held, nullptr) : nullptr;
}

} // namespace chorus
