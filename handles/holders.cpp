#include "holders.hpp"

#include "wrapping_count.hpp"

#include <algorithm>
#include <utility>

namespace chorus::handles {

void holders::give(relation_number to) {
  book(to, 1, 0);
}

void holders::take_back(relation_number to) {
  if (std::any_of(entries_.begin(), entries_.end(), [&](auto& entry) { return entry.relation == to; }))
    book(to, minus(1), 0);
}

void holders::came_back(relation_number from) {
  book(from, 0, 1);
}

void holders::release(relation_number by, std::uint64_t received, std::uint64_t returned) {
  book(by, minus(received), minus(returned));
}

void holders::forget(relation_number ended) {
  std::erase_if(entries_, [&](auto& entry) { return entry.relation == ended; });
}

void holders::book(relation_number under, std::uint64_t given, std::uint64_t returned) {
  auto position =
      std::find_if(entries_.begin(), entries_.end(), [&](auto& entry) { return entry.relation == under; });
  if (position == entries_.end())
    position = entries_.insert(entries_.end(), holder{under});
  std::swap(*position, entries_.front());
  auto& account = entries_.front();
  add(account.given, given);
  add(account.returned, returned);
  if (account.given == 0 && account.returned == 0) {
    std::swap(account, entries_.back());
    entries_.pop_back();
  }
}

} // namespace chorus::handles
