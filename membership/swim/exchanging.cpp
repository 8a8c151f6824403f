#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/pages.hpp>

#include <algorithm>
#include <set>
#include <utility>

// Rumours reach everybody with high probability, not with certainty. Now and then two members compare
// digests of their views, and if these differ the views themselves (Demers et al., "Epidemic algorithms for
// replicated database maintenance", PODC 1987, section 1.3: anti-entropy by push and pull).

namespace chorus::membership::swim {

void core::compare_views(time_point now) {
  next_exchange_ = now + times_.exchange_gap();
  for (const auto& node :
       schedule_.sample(1, [this](const node_id& node) { return !suspects_.contains(node); }))
    send(members_.at(node), summary{view_digest(), false});
}

void core::handle(time_point now, const peer& from, const summary& what) {
  const auto* other = find(from);
  if (other == nullptr || what.digest == view_digest())
    return;
  ++counters_.exchanges;
  send_view(now, *other);
  if (!what.is_answer) {
    send(*other, summary{view_digest(), true});
    return;
  }
  // The views differed: see soon whether they still do, but not again and again.
  exchange_gap_ = std::min(2 * exchange_gap_, times_.exchange_gap());
  next_exchange_ = now + exchange_gap_;
}

void core::handle(time_point now, const peer& from, const page& what) {
  hear_view(now, from, what.entries);
}

/// What `from` believes. Of its verdicts only the suspicion is taken over, as it may have been alone with
/// them.
void core::hear_view(time_point now, const peer& from, const std::vector<rumour>& entries) {
  std::set<peer> doubtful;
  for (const auto& entry : entries)
    if (const auto* suspected = std::get_if<suspect>(&entry))
      doubtful.insert(suspected->who);
  for (const auto& entry : entries) {
    // Who is suspected is not taken up: if it lives it will say so, and if it does not, those who have to
    // learn anew who is here would pass it on to each other long after its end.
    if (const auto* there = std::get_if<alive>(&entry);
        there != nullptr && doubtful.contains(there->who.who) && find(there->who.who) == nullptr)
      continue;
    const auto* over = std::get_if<failed>(&entry);
    if (over == nullptr) {
      hear(now, from, entry);
      continue;
    }
    auto* subject = find(over->who);
    if (subject != nullptr && over->refutation >= subject->refutation)
      accuse(now, *subject, {voice{from, evidence::hearsay}}, over->refutation);
  }
}

void core::send_view(time_point now, const known_member& to) {
  for (auto& one : divide_into_pages(view(now)))
    send(to, std::move(one));
}

/// This node, its members, why some of them are suspected, and who has left or failed.
std::vector<rumour> core::view(time_point now) const {
  std::vector<rumour> entries{speak()};
  for (const auto& [node, known] : members_) {
    entries.emplace_back(alive{known.who, known.refutation});
    if (known.suspected)
      entries.emplace_back(known.suspected->as_rumour());
  }
  const auto since = now - 2 * times_.exchange_gap();
  for (const auto& life : ended_.since(since, ended_lives_told))
    if (!members_.contains(life.who.node))
      entries.emplace_back(left{life.who});
  for (const auto& life : failed_.since(since, ended_lives_told))
    entries.emplace_back(failed{life.who.who, life.refuted, config_.self.who});
  return entries;
}

std::uint64_t core::view_digest() const {
  digest sum;
  auto self_is_due = true;
  auto add_self = [&] {
    sum.add(config_.self.who, refutation_);
    self_is_due = false;
  };
  for (const auto& [node, known] : members_) {
    if (self_is_due && config_.self.who.node < node)
      add_self();
    sum.add(known.who.who, known.refutation);
  }
  if (self_is_due)
    add_self();
  return sum.value();
}

} // namespace chorus::membership::swim
