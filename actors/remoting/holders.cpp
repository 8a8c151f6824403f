#include "holders.hpp"

#include "wrapping_count.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

void holders::give(const peer& who) {
  book(who, 1, 0);
}

void holders::take_back(const peer& who) {
  if (std::any_of(entries_.begin(), entries_.end(), [&](auto& entry) { return entry.who == who; }))
    book(who, minus(1), 0);
}

void holders::came_back(const peer& who) {
  book(who, 0, 1);
}

void holders::release(const peer& who, std::uint64_t received, std::uint64_t returned) {
  book(who, minus(received), minus(returned));
}

void holders::forget(const peer& who) {
  std::erase_if(entries_, [&](auto& entry) { return entry.who == who; });
}

void holders::book(const peer& who, std::uint64_t given, std::uint64_t returned) {
  auto position =
      std::find_if(entries_.begin(), entries_.end(), [&](auto& entry) { return entry.who == who; });
  if (position == entries_.end())
    position = entries_.insert(entries_.end(), holder{who});
  std::swap(*position, entries_.front());
  auto& account = entries_.front();
  add(account.given, given);
  add(account.returned, returned);
  if (account.given == 0 && account.returned == 0) {
    std::swap(account, entries_.back());
    entries_.pop_back();
  }
}

} // namespace chorus
