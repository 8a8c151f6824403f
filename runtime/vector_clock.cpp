#include <chorus/runtime/check.hpp>
#include <chorus/runtime/vector_clock.hpp>

#include <algorithm>

namespace chorus {

namespace {

using entries = std::vector<vector_clock::entry>;

/// Calls `visit(origin, count in first, count in second)` for every origin that either knows, in
/// ascending order; a count is zero where there is no entry.
template <class Visitor>
void walk(const entries& first, const entries& second, Visitor&& visit) {
  auto left = first.begin();
  auto right = second.begin();
  while (left != first.end() || right != second.end()) {
    if (right == second.end() || (left != first.end() && left->origin < right->origin)) {
      visit(left->origin, left->count, event_count{});
      ++left;
    } else if (left == first.end() || right->origin < left->origin) {
      visit(right->origin, event_count{}, right->count);
      ++right;
    } else {
      visit(left->origin, left->count, right->count);
      ++left;
      ++right;
    }
  }
}

constexpr auto by_origin = [](const vector_clock::entry& entry, const peer& origin) {
  return entry.origin < origin;
};

} // namespace

std::string_view to_string(causal_order order) noexcept {
  switch (order) {
  case causal_order::equal:
    return "equal";
  case causal_order::happens_before:
    return "happens_before";
  case causal_order::happens_after:
    return "happens_after";
  case causal_order::concurrent:
    return "concurrent";
  }
  return "unknown";
}

result<vector_clock> vector_clock::from_entries(std::vector<entry> entries) {
  if (entries.size() > max_entries)
    return error{errc::too_large, "a vector clock of more than " + std::to_string(max_entries) + " entries"};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && entries[i].origin <= entries[i - 1].origin)
      return error{errc::malformed, "the entries of a vector clock are not in ascending order"};
    if (!entries[i].count || entries[i].count > max_count)
      return error{errc::malformed, "a vector clock counts " + to_string(entries[i].count) + " events"};
  }
  vector_clock clock;
  clock.entries_ = std::move(entries);
  return clock;
}

std::optional<event_count> vector_clock::find(const peer& origin) const {
  auto position = std::lower_bound(entries_.begin(), entries_.end(), origin, by_origin);
  if (position == entries_.end() || position->origin != origin)
    return std::nullopt;
  return position->count;
}

event_count vector_clock::increment(const peer& origin) {
  auto position = std::lower_bound(entries_.begin(), entries_.end(), origin, by_origin);
  if (position == entries_.end() || position->origin != origin)
    position = entries_.insert(position, entry{origin, {}});
  CHORUS_CHECK(position->count < event_count::max(), "more events than can be counted");
  return position->count = position->count.next();
}

void vector_clock::merge(const vector_clock& other) {
  std::vector<entry> merged;
  merged.reserve(std::max(entries_.size(), other.entries_.size()));
  walk(entries_, other.entries_, [&](const peer& origin, event_count here, event_count there) {
    merged.push_back({origin, std::max(here, there)});
  });
  entries_ = std::move(merged);
}

causal_order compare(const vector_clock& first, const vector_clock& second) {
  bool first_knows_more = false;
  bool second_knows_more = false;
  walk(first.entries(), second.entries(), [&](const peer&, event_count here, event_count there) {
    first_knows_more |= here > there;
    second_knows_more |= there > here;
  });
  if (first_knows_more && second_knows_more)
    return causal_order::concurrent;
  if (first_knows_more)
    return causal_order::happens_after;
  if (second_knows_more)
    return causal_order::happens_before;
  return causal_order::equal;
}

bool happens_before(const vector_clock& first, const vector_clock& second) {
  return compare(first, second) == causal_order::happens_before;
}

bool concurrent(const vector_clock& first, const vector_clock& second) {
  return compare(first, second) == causal_order::concurrent;
}

std::string to_string(const vector_clock& clock) {
  std::string text{"{"};
  for (const auto& [origin, count] : clock.entries()) {
    if (text.size() > 1)
      text += ' ';
    text.append(to_string(origin)).append(":").append(to_string(count));
  }
  return text + '}';
}

} // namespace chorus
