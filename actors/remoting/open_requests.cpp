#include "open_requests.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

std::optional<open_requests::request>
open_requests::add(const peer& to, const caf::strong_actor_ptr& sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  auto number = key_of(sender->id(), id);
  if (auto same = entries_.find(number); same != entries_.end())
    erase(same);
  auto evicted = entries_.size() < limit_ ? std::nullopt : close_oldest();
  auto place = by_age_.insert(by_age_.end(), number);
  entries_.emplace(number, entry{to, caf::weak_actor_ptr{sender.get()}, id, place, {}, {}});
  return evicted;
}

std::optional<open_requests::request> open_requests::close_oldest() {
  auto oldest = entries_.find(by_age_.front());
  request closed{oldest->second.sender.lock(), oldest->second.id};
  erase(oldest);
  return closed.sender ? std::optional{std::move(closed)} : std::nullopt;
}

bool open_requests::close(std::uint64_t sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(key_of(sender, id));
  if (position == entries_.end())
    return false;
  erase(position);
  return true;
}

std::optional<open_requests::request> open_requests::take(std::uint64_t sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(key_of(sender, id));
  if (position == entries_.end())
    return std::nullopt;
  request taken{position->second.sender.lock(), position->second.id};
  erase(position);
  return taken;
}

std::optional<peer>
open_requests::move(std::uint64_t sender, caf::message_id id, const peer& from, const peer& to) {
  std::lock_guard guard{mutex_};
  auto position = entries_.find(key_of(sender, id));
  if (position == entries_.end())
    return std::nullopt;
  auto& moving = position->second;
  if (from == moving.to)
    moving.advance(from, to);
  else if (moving.moves.size() < moves_ahead)
    moving.moves.emplace_back(from, to);
  auto leads_on = [&] {
    return std::find_if(moving.moves.begin(), moving.moves.end(), [&](auto& move) {
      return move.first == moving.to;
    });
  };
  for (auto next = leads_on(); next != moving.moves.end(); next = leads_on()) {
    auto [at, further] = *next;
    moving.moves.erase(next);
    moving.advance(at, further);
  }
  return moving.to;
}

void open_requests::entry::advance(const peer& from, const peer& next) {
  if (from == next) {
    via.clear(); // it has arrived: whoever passed it on does not matter any more
    return;
  }
  if (via.size() >= moves_ahead)
    via.erase(via.begin());
  via.push_back(from);
  to = next;
}

void open_requests::forget(std::uint64_t sender) {
  std::lock_guard guard{mutex_};
  for (auto next = entries_.lower_bound({sender, 0}); next != entries_.end() && next->first.first == sender;)
    next = erase(next);
}

bool open_requests::empty() {
  std::lock_guard guard{mutex_};
  return entries_.empty();
}

std::vector<open_requests::request> open_requests::close_all(const peer& to) {
  return close_if([&](const entry& each) { return each.to == to || each.was_delegated_by(to); });
}

std::vector<open_requests::request> open_requests::close_all(const peer& to, const peer& via) {
  return close_if([&](const entry& each) { return each.to == to && each.was_delegated_by(via); });
}

template <class Predicate>
std::vector<open_requests::request> open_requests::close_if(Predicate&& holds) {
  std::vector<request> closed;
  std::lock_guard guard{mutex_};
  for (auto next = entries_.begin(); next != entries_.end();) {
    auto& each = next->second;
    if (!holds(each)) {
      ++next;
      continue;
    }
    if (auto sender = each.sender.lock())
      closed.push_back({std::move(sender), each.id});
    next = erase(next);
  }
  return closed;
}

open_requests::table::iterator open_requests::erase(table::iterator which) {
  by_age_.erase(which->second.place);
  return entries_.erase(which);
}

open_requests::key open_requests::key_of(std::uint64_t sender, caf::message_id id) noexcept {
  return {sender, id.integer_value() & caf::message_id::request_id_mask};
}

} // namespace chorus
