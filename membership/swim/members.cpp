#include <chorus/membership/swim/core.hpp>

#include <algorithm>
#include <utility>

namespace chorus::membership::swim {

core::known_member* core::find(const peer& who) {
  const auto known = members_.find(who.node);
  return known != members_.end() && known->second.who.who == who ? &known->second : nullptr;
}

bool core::has_ended(const peer& who) const {
  const auto* failed = failed_.find(who.node);
  if (failed != nullptr && who.incarnation <= failed->who.who.incarnation)
    return true;
  const auto later = members_.find(who.node);
  return ended_.find(who) != nullptr
         || (later != members_.end() && who.incarnation < later->second.who.who.incarnation);
}

/// Pre: no life that is over, and later than the one that is a member.
void core::take_up(time_point now, const alive& what) {
  const auto node = what.who.who.node;
  if (const auto earlier = members_.find(node); earlier != members_.end())
    end(now, earlier, member_over::why::restarted);
  if (auto* failed = failed_.find(node)) {
    if (failed->who.who == what.who.who) {
      failed_.remove(node);
      ++counters_.verdicts_taken_back;
    } else {
      end_failed(now, *failed, member_over::why::restarted);
    }
  }
  if (members_.empty()) {
    // Nodes that start together neither probe nor compare together.
    next_probe_ = now + chance_.duration_between(duration::zero(), times_.period);
    exchange_gap_ = times_.period;
    next_exchange_ = now + chance_.duration_between(exchange_gap_ / 2, exchange_gap_);
    refused_.reset(); // somebody has taken this node
  }
  contacts_.settle(what.who.where);
  const auto [newcomer, added] =
      members_.emplace(node, known_member{.who = what.who, .refutation = what.refutation, .since = now});
  newcomers_.leave(what.who.who);
  schedule_.add(node);
  weights_changed_ = true;
  output_.changes.emplace_back(member_up{what.who});
  tell_suspicions(now, newcomer->second);
}

/// It may come back.
void core::fail(time_point now, known_members::iterator who) {
  auto gone = take_out(now, who, suspicion_report::outcome::failed);
  contacts_.add_lost(now, gone.who.where);
  failed_.add(now, gone.who, gone.refutation);
  output_.changes.emplace_back(member_failed{std::move(gone.who)});
}

/// For good.
void core::end(time_point now, known_members::iterator who, member_over::why reason) {
  using outcome = suspicion_report::outcome;
  auto gone = take_out(now, who, reason == member_over::why::left ? outcome::left : outcome::restarted);
  ended_.bury(now, gone.who.who, gone.who.where, reason);
  output_.changes.emplace_back(member_over{std::move(gone.who), reason});
}

core::known_member
core::take_out(time_point now, known_members::iterator who, suspicion_report::outcome how) {
  if (who->second.suspected) {
    who->second.refutation = std::max(who->second.refutation, who->second.suspected->refutation());
    end_suspicion(now, who->second, how);
  }
  auto gone = std::move(who->second);
  const auto life = gone.who.who;
  members_.erase(who);
  schedule_.remove(life.node);
  rumours_.forget(life.node);
  std::erase_if(probes_, [&](const auto& item) {
    const auto& asked_for = item.second.asked_for;
    return item.second.subject == life || (asked_for && asked_for->by == life);
  });
  std::erase_if(output_.messages, [&](const auto& step) { return step.to == life; });
  std::erase_if(output_.connections, [&](const auto& step) { return step.who == life; });
  weights_changed_ = true;
  return gone;
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
