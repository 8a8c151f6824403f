#include <chorus/membership/contact_list.hpp>

#include <algorithm>
#include <utility>

namespace chorus::membership {

bool contact_list::add_seed(time_point now, const address& where) {
  auto seeds = std::ranges::count_if(entries_, [](const auto& item) { return item.second.seed; });
  if (!entries_.contains(where) && static_cast<std::size_t>(seeds) >= limit)
    return false;
  entry_of(now, where).seed = true;
  return true;
}

void contact_list::add_lost(time_point now, const address& where) {
  forget_unwanted(now);
  auto& contact = entry_of(now, where);
  contact.lost_at = now;
  start_over(now, contact);
  auto lost =
      std::ranges::count_if(entries_, [](const auto& item) { return item.second.lost_at.has_value(); });
  if (static_cast<std::size_t>(lost) <= limit)
    return;
  auto oldest = entries_.end();
  for (auto item = entries_.begin(); item != entries_.end(); ++item)
    if (item->second.lost_at && (oldest == entries_.end() || item->second.lost_at < oldest->second.lost_at))
      oldest = item;
  oldest->second.lost_at.reset();
}

bool contact_list::introduce(time_point now, const address& where) {
  auto known = entries_.find(where);
  if (known == entries_.end() || !known->second.introduced_at) {
    forget_unwanted(now);
    auto introduced = std::ranges::count_if(entries_, [](const auto& item) {
      return item.second.introduced_at.has_value();
    });
    if (static_cast<std::size_t>(introduced) >= limit)
      return false;
  }
  entry_of(now, where).introduced_at = now;
  return true;
}

void contact_list::asked(time_point now, const address& where) {
  auto contact = entries_.find(where);
  if (contact != entries_.end())
    back_off(now, contact->second);
}

bool contact_list::answered(time_point now, const address& where) {
  auto contact = entries_.find(where);
  if (contact == entries_.end() || contact->second.gap == duration::zero())
    return false;
  contact->second.silent_since.reset();
  contact->second.gap = times_.longest_gap;
  contact->second.due = now + times_.longest_gap;
  return true;
}

void contact_list::sign_of_life(time_point now, const address& where, duration gap) {
  auto contact = entries_.find(where);
  if (contact == entries_.end())
    return;
  contact->second.gap = std::min(contact->second.gap, gap);
  contact->second.due = std::min(contact->second.due, now + gap);
}

bool contact_list::echoed(const address& where) {
  auto contact = entries_.find(where);
  if (contact == entries_.end())
    return false;
  contact->second.silent_since.reset();
  return !std::exchange(contact->second.is_self, true) && contact->second.seed;
}

void contact_list::settle(const address& where) {
  auto contact = entries_.find(where);
  if (contact == entries_.end())
    return;
  contact->second.lost_at.reset();
  contact->second.introduced_at.reset();
  contact->second.silent_since.reset();
  if (!contact->second.seed)
    entries_.erase(contact);
}

void contact_list::start_over(time_point now) {
  for (auto& [where, contact] : entries_)
    start_over(now, contact);
}

void contact_list::hasten(time_point when) {
  for (auto& [where, contact] : entries_)
    contact.due = std::min(contact.due, when);
}

std::optional<time_point> contact_list::next_due() const {
  std::optional<time_point> next;
  for (const auto& [where, contact] : entries_)
    next = earliest(next, earliest(contact.due, silence_due(contact)));
  return next;
}

std::vector<address>
contact_list::take_due(time_point now, const std::set<address>& occupied, std::size_t count) {
  forget_unwanted(now);
  std::vector<address> questions;
  for (auto& [where, contact] : entries_) {
    if (contact.due > now)
      continue;
    if (questions.size() >= count)
      break;
    if (occupied.contains(where) && !is_introduced(contact, now)) {
      contact.silent_since.reset();
      contact.due = now + times_.longest_gap;
      continue;
    }
    questions.push_back(where);
    back_off(now, contact);
  }
  return questions;
}

std::vector<contact_list::silence> contact_list::take_silences(time_point now) {
  std::vector<silence> silences;
  for (auto& [where, contact] : entries_) {
    const auto due = silence_due(contact);
    if (!due || *due > now)
      continue;
    const auto lasted = now - *contact.silent_since;
    silences.push_back({where, lasted});
    while (contact.tell_after <= lasted)
      contact.tell_after *= 2;
  }
  return silences;
}

contact_list::entry& contact_list::entry_of(time_point now, const address& where) {
  return entries_.try_emplace(where, entry{.due = now}).first->second;
}

bool contact_list::is_introduced(const entry& contact, time_point now) const {
  return contact.introduced_at && now - *contact.introduced_at <= times_.forget_introduced_after;
}

bool contact_list::is_wanted(const entry& contact, time_point now) const {
  return contact.seed || is_introduced(contact, now)
         || (contact.lost_at && now - *contact.lost_at <= times_.forget_lost_after);
}

void contact_list::forget_unwanted(time_point now) {
  for (auto& [where, contact] : entries_)
    if (contact.introduced_at && !is_introduced(contact, now))
      contact.introduced_at.reset();
  std::erase_if(entries_, [&](const auto& item) { return !is_wanted(item.second, now); });
}

void contact_list::start_over(time_point now, entry& contact) {
  contact.silent_since.reset();
  contact.gap = duration::zero();
  contact.due = now;
}

std::optional<time_point> contact_list::silence_due(const entry& contact) {
  if (!contact.seed || !contact.silent_since)
    return std::nullopt;
  return *contact.silent_since + contact.tell_after;
}

void contact_list::back_off(time_point now, entry& contact) {
  if (!contact.silent_since) {
    contact.silent_since = now;
    contact.tell_after = times_.tell_silence_after;
  }
  contact.gap =
      contact.gap == duration::zero() ? times_.first_gap : std::min(contact.gap * 2, times_.longest_gap);
  contact.due = now + chance_.duration_between(contact.gap * 4 / 5, contact.gap);
}

} // namespace chorus::membership
