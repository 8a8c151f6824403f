#include "open_requests.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

bool open_requests::add(const peer& to, const caf::strong_actor_ptr& sender, caf::message_id id) {
  std::lock_guard guard{mutex_};
  if (entries_.size() >= limit)
    return false;
  entries_.insert_or_assign(key_of(sender->id(), id), entry{to, {sender, id}, {}, {}});
  return true;
}

bool open_requests::close(std::uint64_t sender, caf::message_id id) {
  entry removed; // its actor must not end under the lock
  std::lock_guard guard{mutex_};
  auto position = entries_.find(key_of(sender, id));
  if (position == entries_.end())
    return false;
  removed = std::move(position->second);
  entries_.erase(position);
  return true;
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
  std::vector<entry> removed; // their actor must not end under the lock
  std::lock_guard guard{mutex_};
  auto first = entries_.lower_bound({sender, 0});
  auto last = first;
  for (; last != entries_.end() && last->first.first == sender; ++last)
    removed.push_back(std::move(last->second));
  entries_.erase(first, last);
}

std::vector<open_requests::request> open_requests::close_all(const peer& to) {
  std::vector<request> closed;
  std::lock_guard guard{mutex_};
  std::erase_if(entries_, [&](auto& item) {
    const auto& via = item.second.via;
    if (item.second.to != to && std::find(via.begin(), via.end(), to) == via.end())
      return false;
    closed.push_back(std::move(item.second.content));
    return true;
  });
  return closed;
}

open_requests::key open_requests::key_of(std::uint64_t sender, caf::message_id id) noexcept {
  return {sender, id.integer_value() & caf::message_id::request_id_mask};
}

} // namespace chorus
