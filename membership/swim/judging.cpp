#include <chorus/membership/swim/core.hpp>

#include <algorithm>
#include <set>
#include <utility>

// Of two nodes that have declared each other failed, the one with less behind it starts over
// (docs/decisions/0008-verdicts-are-weighed.md).

namespace chorus::membership::swim {

/// A life that is over here speaks, or somebody believes in it.
void core::meet_ended_life(time_point now, const peer& who, const address& where, ended_lives::life& ended) {
  ++counters_.messages_of_the_past;
  if (ended.told_at && now - *ended.told_at < times_.verdict_gap())
    return;
  ended.told_at = now;
  switch (ended.reason) {
  case member_down::why::left:
    spread_again(now, left{ended.who});
    break;
  case member_down::why::failed:
    pronounce(who, where, ended.by_link ? alone() : weigh());
    break;
  case member_down::why::restarted:
    // Two processes with one node id: the later one has taken the other's place.
    if (const auto later = members_.find(who.node);
        later != members_.end() && later->second.who.where != ended.where)
      refuse(now, refusal::why::node_id_taken, {who, later->second.who.name, ended.where}, later->second.who);
    break;
  }
}

void core::pronounce(const peer& subject, const address& where, const standing& mine) {
  output_.contacts.push_back({where, {verdict{subject, mine, config_.self.where}, {}}});
  ++counters_.verdicts_told;
}

void core::handle(time_point now, const peer& from, const verdict& what) {
  const auto known = members_.find(from.node);
  const auto is_past = known != members_.end() && from.incarnation < known->second.who.who.incarnation;
  if (what.subject != config_.self.who || is_past) {
    ++counters_.messages_of_the_past;
    return;
  }
  auto* ended = ended_.find(from);
  if (ended != nullptr && !ended->by_link && what.judge.members == 1 && weigh().members > 1) {
    // It has nobody behind it and is over for all here: no reason to ask everybody.
    meet_ended_life(now, from, what.where, *ended);
    return;
  }
  call_the_roll(now);
  roll_call_->accused({from, what.where, what.judge});
}

/// A no-op if it is being called.
void core::call_the_roll(time_point now) {
  if (roll_call_)
    return;
  const auto number = take_number();
  auto nodes = schedule_.sample(roll_call::asked_limit, [](const node_id&) { return true; });
  // The least member decides between equals, so it must not be left to chance who asks it.
  const auto least = std::ranges::find_if(members_, [](const auto& item) { return !item.second.suspected; });
  if (least != members_.end() && !std::ranges::count(nodes, least->first))
    nodes.push_back(least->first);
  std::set<peer> asked;
  for (const auto& node : nodes) {
    const auto& known = members_.at(node);
    asked.insert(known.who.who);
    send(known, ping{number});
  }
  // Others may accuse as well: what they say decides whose view is the isolated one.
  roll_call_.emplace(number, now + times_.roll_call(), std::move(asked), members_.size());
  roll_call_->ask_again_at(now + times_.roll_call() / 2);
  ++counters_.roll_calls;
}

void core::call_the_absent() {
  for (const auto& who : roll_call_->take_absent())
    if (const auto* known = find(who))
      send(*known, ping{roll_call_->number()});
}

void core::judge(time_point now) {
  const auto over = *std::exchange(roll_call_, std::nullopt);
  const auto self = config_.self.who.node;
  if (const auto* greatest = over.find_outweighing(self)) {
    // There is the cluster that goes on.
    contacts_.add_lost(now, greatest->where);
    phase_ = phase::outcast;
    output_.declared_failed_now = declared_failed{greatest->who, greatest->weight.members};
    return;
  }
  // The judges have ended their links to this life, so this side ends its own, and they start over.
  for (const auto& other : over.judges()) {
    const auto known = members_.find(other.who.node);
    if (known != members_.end() && known->second.who.who == other.who)
      take_down(now, known, member_down::why::failed);
    else if (known == members_.end())
      ended_.bury(now, other.who, other.where, member_down::why::failed);
    pronounce(other.who, other.where, over.weigh(self));
  }
}

/// A node that lost a link may be the one that all others gave up: it counts only itself when weighing
/// verdicts.
standing core::alone() const {
  return {1, config_.self.who.node, config_.self.who.node};
}

/// What this node believes to have behind it.
standing core::weigh() const {
  const auto self = config_.self.who.node;
  standing mine{static_cast<std::uint32_t>(cluster_size() - suspects_.size()), self, self};
  for (const auto& [node, known] : members_)
    if (!known.suspected)
      mine.least = std::min(mine.least, node);
  return mine;
}

} // namespace chorus::membership::swim
