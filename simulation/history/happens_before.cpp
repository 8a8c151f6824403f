#include <chorus/runtime/check.hpp>
#include <chorus/simulation/history/happens_before.hpp>

#include <algorithm>

namespace chorus::simulation {

event happens_before_relation::append(participant who) {
  return append_after(who, nullptr);
}

event happens_before_relation::append(participant who, event cause) {
  auto known = at(cause);
  return append_after(who, &known);
}

bool happens_before_relation::holds(event first, event second) const {
  const auto& before = at(first);
  const auto& after = at(second);
  if (before.who == after.who)
    return before.number < after.number;
  return count_before(after, before.who) >= before.number;
}

bool happens_before_relation::concurrent(event first, event second) const {
  return first != second && !holds(first, second) && !holds(second, first);
}

event happens_before_relation::append_after(participant who, const record* cause) {
  CHORUS_CHECK(who && who.value <= max_process, "a process number that cannot be recorded");
  CHORUS_CHECK(events_.size() < max_events, "more events than one relation holds");
  if (processes_.size() <= who.value)
    processes_.resize(who.value + 1);
  auto& here = processes_[who.value];
  if (cause && cause->who != who)
    learn(here, who, *cause);
  events_.push_back({who, ++here.count, here.past});
  return {static_cast<std::uint32_t>(events_.size())};
}

void happens_before_relation::learn(progress& here, participant who, const record& cause) {
  row merged = rows_[here.past];
  const row& other = rows_[cause.past];
  merged.resize(std::max({merged.size(), other.size(), std::size_t{cause.who.value} + 1}));
  for (std::size_t i = 0; i < other.size(); ++i)
    merged[i] = std::max(merged[i], other[i]);
  merged[cause.who.value] = std::max(merged[cause.who.value], cause.number);
  if (who.value < merged.size())
    merged[who.value] = 0; // its own events are counted by their numbers
  if (merged == rows_[here.past])
    return;
  here.past = rows_.size();
  rows_.push_back(std::move(merged));
}

const happens_before_relation::record& happens_before_relation::at(event what) const {
  CHORUS_CHECK(what && what.value <= events_.size(), "an event that was not recorded");
  return events_[what.value - 1];
}

std::uint32_t happens_before_relation::count_before(const record& what, participant of) const {
  const auto& past = rows_[what.past];
  return of.value < past.size() ? past[of.value] : 0;
}

} // namespace chorus::simulation
