#include "exports.hpp"

#include <caf/exit_reason.hpp>

#include <utility>

namespace chorus {

bool exports::give(const caf::strong_actor_ptr& actor, relation_number to) {
  std::lock_guard guard{mutex_};
  return table_.give(actor->id(), actor, to);
}

void exports::take_back(std::uint64_t actor, relation_number to) {
  caf::strong_actor_ptr released; // not under the mutex
  std::lock_guard guard{mutex_};
  released = table_.take_back(actor, to);
}

caf::strong_actor_ptr exports::came_back(std::uint64_t actor, relation_number from) {
  table::arrival found; // not under the mutex
  std::lock_guard guard{mutex_};
  found = table_.came_back(actor, from);
  return std::move(found.actor);
}

bool exports::hold(std::uint64_t actor, relation_number by, std::vector<caf::strong_actor_ptr>& garbage) {
  std::lock_guard guard{mutex_};
  auto [is_known, released] = table_.hold(actor, by);
  if (released)
    garbage.push_back(std::move(released));
  return is_known;
}

bool exports::release(
    std::uint64_t actor,
    relation_number by,
    std::uint64_t received,
    std::uint64_t returned,
    std::vector<caf::strong_actor_ptr>& garbage
) {
  std::lock_guard guard{mutex_};
  auto [is_known, released] = table_.release(actor, by, received, returned);
  if (released)
    garbage.push_back(std::move(released));
  return is_known;
}

caf::strong_actor_ptr exports::find(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  return table_.find(actor);
}

std::vector<handles::holders::holder> exports::remove(std::uint64_t actor, const caf::error& reason) {
  table::end_result ended; // not under the mutex: a reason may hold handles
  std::lock_guard guard{mutex_};
  ended = table_.remove(actor, reason);
  return std::move(ended.to_tell);
}

caf::error exports::reason_of_end(std::uint64_t actor) const {
  std::lock_guard guard{mutex_};
  return table_.reason_of_end(actor).value_or(caf::error{caf::exit_reason::unknown});
}

std::vector<caf::strong_actor_ptr> exports::forget(relation_number ended) {
  std::lock_guard guard{mutex_};
  return table_.forget(ended);
}

std::vector<caf::strong_actor_ptr> exports::close() {
  std::lock_guard guard{mutex_};
  return table_.close();
}

exports::table::sizes exports::size() const {
  std::lock_guard guard{mutex_};
  return table_.size();
}

} // namespace chorus
