#include <chorus/membership/swim/core.hpp>

#include <utility>

// A name is a label for people, but a label that two wear is none. So one of the two is turned away, the same
// by everybody.

namespace chorus::membership::swim {

void core::handle(time_point now, const peer& from, const refusal& what) {
  if (what.holder == config_.self)
    ++counters_.messages_invalid;
  else if (what.subject != config_.self.who)
    ++counters_.messages_of_the_past;
  else if (what.reason != refusal::why::unreachable)
    heed_refusal(now, what);
  else if (refusals_told_.passes("by " + to_string(from.node), now))
    output_.notices.emplace_back(refusal_received{what, config_.self.where});
}

/// Between a newcomer and this node or one of its members.
std::optional<core::name_conflict> core::find_conflict(const hello& newcomer) const {
  const auto& comer = newcomer.self;
  auto conflict_with = [&](const member& holder, bool holder_is_in) -> std::optional<name_conflict> {
    if (holder.name != comer.name || holder.who.node == comer.who.node)
      return std::nullopt;
    const auto comer_stays =
        newcomer.is_in == holder_is_in ? comer.who.node < holder.who.node : newcomer.is_in;
    return comer_stays ? name_conflict{holder, comer} : name_conflict{comer, holder};
  };
  if (auto conflict = conflict_with(config_.self, is_in()))
    return conflict;
  for (const auto& [node, known] : members_)
    if (auto conflict = conflict_with(known.who, true))
      return conflict;
  return std::nullopt;
}

void core::settle(time_point now, const name_conflict& conflict) {
  constexpr auto reason = refusal::why::name_taken;
  if (conflict.yields.who == config_.self.who)
    heed_refusal(now, explain(now, reason, config_.self.who, conflict.holder));
  else
    refuse(now, reason, conflict.yields, conflict.holder);
  // The holder may be dead: then look, and the name will be free.
  if (const auto holder = members_.find(conflict.holder.who.node); holder != members_.end())
    look_myself(now, holder->second, false);
}

/// Rumours let in whoever another member has let in. If that one has this node's name, both are members,
/// and the lesser node id stays.
void core::settle_own_name(time_point now) {
  for (const auto& [node, known] : members_)
    if (known.who.name == config_.self.name)
      settle(
          now,
          node < config_.self.who.node ? name_conflict{config_.self, known.who}
                                       : name_conflict{known.who, config_.self}
      );
}

void core::heed_refusal(time_point now, const refusal& what) {
  if (rejected_)
    return;
  using advice = refusal_patience::advice;
  switch (refused_.hear(now, what)) {
  case advice::begin:
    output_.notices.emplace_back(refusal_received{what, config_.self.where, times_.refusal_patience()});
    contacts_.hasten(now + times_.refused_gap());
    break;
  case advice::wait_on:
    output_.notices.emplace_back(refusal_received{what, config_.self.where});
    break;
  case advice::give_up:
    rejected_ = true;
    output_.rejection = rejected{describe(what, config_.self.where)};
    break;
  case advice::go_on:
    break;
  }
}

void core::refuse(time_point now, refusal::why reason, const member& who, const member& holder) {
  const auto told = explain(now, reason, who.who, holder);
  output_.contacts.push_back({who.where, {told, {}}});
  ++counters_.refusals_sent;
  newcomers_.leave(who.who);
  if (refusals_told_.passes(to_string(who.who.node), now))
    output_.notices.emplace_back(refusal_sent{who, told});
}

/// With what is known here of the holder: this node, a member, or somebody who has just spoken.
refusal core::explain(time_point now, refusal::why reason, const peer& subject, const member& holder) const {
  refusal told{subject, reason, holder};
  if (holder.who == config_.self.who) {
    told.known_for = now - began_at_;
  } else if (const auto known = members_.find(holder.who.node);
             known != members_.end() && known->second.who.who == holder.who) {
    told.known_for = now - known->second.since;
    const auto& heard_at = known->second.heard_at;
    told.heard_ago = heard_at ? std::optional{now - *heard_at} : std::nullopt;
  } else if (failed_.find(holder.who.node) != nullptr) {
    told.heard_ago.reset();
  }
  return told;
}

} // namespace chorus::membership::swim
