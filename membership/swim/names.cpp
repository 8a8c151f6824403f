#include <chorus/membership/swim/core.hpp>

#include <utility>

// A name is a label for people, but a label that two wear is none; and two processes with one node id tear
// every table that is keyed by it. So one of the two is turned away, the same by everybody.

namespace chorus::membership::swim {

void core::handle(time_point now, const peer&, const refusal& what) {
  if (what.holder.who == config_.self.who)
    ++counters_.messages_invalid;
  else if (what.subject != config_.self.who)
    ++counters_.messages_of_the_past;
  else
    heed_refusal(now, what);
}

/// Between a newcomer and this node or one of its members.
std::optional<refusal> core::find_conflict(const hello& newcomer) const {
  const auto& comer = newcomer.self;
  auto conflict_with = [&](const member& holder, bool holder_is_in) -> std::optional<refusal> {
    if (holder.name != comer.name || holder.who.node == comer.who.node)
      return std::nullopt;
    const auto comer_stays =
        newcomer.is_in == holder_is_in ? comer.who.node < holder.who.node : newcomer.is_in;
    if (comer_stays)
      return refusal{holder.who, refusal::why::name_taken, comer};
    return refusal{comer.who, refusal::why::name_taken, holder};
  };
  if (auto conflict = conflict_with(config_.self, is_in()))
    return conflict;
  for (const auto& [node, known] : members_)
    if (auto conflict = conflict_with(known.who, true))
      return conflict;
  return std::nullopt;
}

/// Rumours let in whoever another member has let in. If that one has this node's name, both are members,
/// and the lesser node id stays.
void core::settle_own_name(time_point now) {
  for (const auto& [node, known] : members_) {
    if (known.who.name != config_.self.name)
      continue;
    if (node < config_.self.who.node)
      heed_refusal(now, {config_.self.who, refusal::why::name_taken, known.who});
    else
      refuse({known.who.who, refusal::why::name_taken, config_.self}, known.who.where);
  }
}

void core::heed_refusal(time_point now, const refusal& what) {
  if (rejected_)
    return;
  // Refusals answer questions, and those come as slowly as the contact list asks.
  const auto lasting = config_.contacts.longest_gap + config_.failure_timeout;
  if (!refused_ || now - refused_->latest > lasting)
    refused_ = refused_since{now, now};
  refused_->latest = now;
  if (now - refused_->first < config_.refusal_patience)
    return;
  rejected_ = true;
  output_.rejection = rejected{describe(what)};
}

void core::refuse(const refusal& what, const address& where) {
  output_.contacts.push_back({where, {what, {}}});
  ++counters_.refusals_sent;
}

} // namespace chorus::membership::swim
