#include <chorus/membership/swim/core.hpp>

#include <algorithm>
#include <utility>

namespace chorus::membership::swim {

core::known_member* core::find(const peer& who) {
  const auto known = members_.find(who.node);
  return known != members_.end() && known->second.who.who == who ? &known->second : nullptr;
}

/// Pre: no life that is over, and later than the one that is a member.
void core::take_up(time_point now, const alive& what) {
  const auto node = what.who.who.node;
  if (const auto earlier = members_.find(node); earlier != members_.end())
    take_down(now, earlier, member_down::why::restarted);
  if (members_.empty()) {
    // Nodes that start together neither probe nor compare together.
    next_probe_ = now + chance_.duration_between(duration::zero(), times_.period);
    exchange_gap_ = times_.period;
    next_exchange_ = now + chance_.duration_between(exchange_gap_ / 2, exchange_gap_);
    refused_.reset(); // somebody has taken this node
  }
  // What its earlier lives had to say is settled.
  if (roll_call_)
    roll_call_->settle(node);
  contacts_.settle(what.who.where);
  const auto [newcomer, added] =
      members_.emplace(node, known_member{.who = what.who, .refutation = what.refutation, .since = now});
  newcomers_.leave(what.who.who);
  schedule_.add(node);
  weights_changed_ = true;
  output_.changes.emplace_back(member_up{what.who});
  tell_suspicions(now, newcomer->second);
}

void core::take_down(time_point now, known_members::iterator who, member_down::why reason) {
  if (who->second.suspected) {
    using outcome = suspicion_report::outcome;
    end_suspicion(
        now,
        who->second,
        reason == member_down::why::failed ? outcome::failed
        : reason == member_down::why::left ? outcome::left
                                           : outcome::restarted
    );
  }
  auto gone = std::move(who->second.who);
  const auto refuted = who->second.refutation;
  members_.erase(who);
  schedule_.remove(gone.who.node);
  rumours_.forget(gone.who.node);
  std::erase_if(probes_, [&](const auto& item) {
    const auto& asked_for = item.second.asked_for;
    return item.second.subject == gone.who || (asked_for && asked_for->by == gone.who);
  });
  std::erase_if(output_.messages, [&](const auto& step) { return step.to == gone.who; });
  std::erase_if(output_.connections, [&](const auto& step) { return step.who == gone.who; });
  ended_.bury(now, gone.who, gone.where, reason, refuted);
  if (reason == member_down::why::failed)
    contacts_.add_lost(now, gone.where);
  weights_changed_ = true;
  output_.changes.emplace_back(member_down{std::move(gone), reason});
}

/// Members that are not suspected, this node included.
std::size_t core::count_trusted() const {
  return members_.size() - suspects_.size() + 1;
}

bool core::is_trusted(const peer& who) const {
  if (who == config_.self.who)
    return true;
  const auto known = members_.find(who.node);
  return known != members_.end() && known->second.who.who == who && !known->second.suspected;
}

} // namespace chorus::membership::swim
