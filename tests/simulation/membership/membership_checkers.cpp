#include "membership_checkers.hpp"

#include "bounds.hpp"

#include <chorus/simulation/transcript.hpp>

#include <algorithm>
#include <utility>

namespace chorus::testing {

using membership::member;
using membership::member_over;

namespace {

std::string at_whom(const reported_view& at) {
  return "at " + to_string(at.self) + ": ";
}

} // namespace

// -- lives in turn ------------------------------------------------------------------------------------

void lives_in_turn::up(const reported_view& at, const member& who) {
  if (who.who.node == at.self.node)
    return broken(at_whom(at) + "it is a member of its own");
  if (auto earlier = at.up.find(who.who.node); earlier != at.up.end())
    broken(
        at_whom(at) + to_string(who.who) + " is up while " + to_string(earlier->second.who) + " is not down"
    );
}

void lives_in_turn::mentioned(const reported_view& at, const peer& who, const std::string& as) {
  if (!at.has(who))
    broken(at_whom(at) + to_string(who) + " is " + as + " and is not up");
}

void lives_in_turn::suspected(const reported_view& at, const peer& who) {
  mentioned(at, who, "suspected");
  if (at.suspected.contains(who.node))
    broken(at_whom(at) + to_string(who) + " is suspected twice");
}

void lives_in_turn::trusted(const reported_view& at, const peer& who) {
  mentioned(at, who, "trusted");
  if (!at.suspected.contains(who.node))
    broken(at_whom(at) + to_string(who) + " is trusted again and was not suspected");
}

// -- ended lives stay ended ---------------------------------------------------------------------------

void ended_lives_stay_ended::up(const reported_view& at, const member& who) {
  auto over = at.over.find(who.who.node);
  if (over != at.over.end() && who.who.incarnation <= over->second)
    broken(
        at_whom(at) + to_string(who.who) + " is up, and life " + to_string(over->second) + " was over already"
    );
}

void ended_lives_stay_ended::over(const reported_view& at, const peer& who) {
  auto over = at.over.find(who.node);
  if (over != at.over.end() && who.incarnation <= over->second)
    broken(
        at_whom(at) + to_string(who) + " is over, and life " + to_string(over->second) + " was over already"
    );
}

// -- leaves are no failures ---------------------------------------------------------------------------

void leaves_are_no_failures::over(const reported_view& at, const peer& who, member_over::why reason) {
  if (reason != member_over::why::left)
    return;
  auto known = leaves_.find(who);
  if (known == leaves_.end())
    return broken(at_whom(at) + to_string(who) + " has left, and never wanted to");
  known->second.knowing.insert(at.self.node);
}

void leaves_are_no_failures::failed(time_point now, const reported_view& at, const peer& who) {
  auto known = leaves_.find(who);
  if (known == leaves_.end())
    return;
  const auto& [knowing, told_since, suspected_since] = known->second;
  auto told = told_since.find(at.self.node);
  auto suspected = suspected_since.find(at.self.node);
  auto was_told = told != told_since.end() && suspected != suspected_since.end();
  if (was_told && told->second <= suspected->second && now - told->second >= spread_)
    broken(
        at_whom(at) + to_string(who) + " has failed, though for " + simulation::to_text(now - told->second)
        + " s it could hear that it has left"
    );
}

void leaves_are_no_failures::up(const reported_view& at, const peer& who) {
  for (auto& [earlier, known] : leaves_)
    if (earlier.node == who.node && earlier.incarnation < who.incarnation)
      known.knowing.erase(at.self.node);
}

void leaves_are_no_failures::suspected(time_point now, const reported_view& at, const peer& who) {
  if (auto known = leaves_.find(who); known != leaves_.end())
    known->second.suspected_since[at.self.node] = now;
}

void leaves_are_no_failures::ended(const node_id& at) {
  for (auto& [who, known] : leaves_)
    known.knowing.erase(at);
}

void leaves_are_no_failures::look(time_point now, const reported_views& all, const in_touch& can_talk) {
  for (auto& [who, known] : leaves_) {
    std::map<node_id, time_point> told;
    for (const auto& [node, view] : all) {
      // Who does not have the other as a member has no link to it, and takes nothing from it.
      auto knows = [&, at = node, here = &view](const node_id& other) {
        auto there = all.find(other);
        return there != all.end() && there->second.has(here->self) && here->has(there->second.self)
               && can_talk(at, other);
      };
      if (!view.has(who) || std::ranges::none_of(known.knowing, knows))
        continue;
      auto before = known.told_since.find(node);
      told.emplace(node, before == known.told_since.end() ? now : before->second);
    }
    known.told_since = std::move(told);
  }
}

// -- failures are noticed -----------------------------------------------------------------------------

void failures_are_noticed::demand(time_point now, std::optional<duration> bound) {
  bound_ = bound;
  demanded_since_ = now;
}

void failures_are_noticed::look(time_point now, const reported_views& all) {
  if (!bound_)
    return;
  for (const auto& [node, view] : all)
    for (const auto& [other, who] : view.up) {
      auto over = ended_.find(who.who);
      if (over == ended_.end())
        continue;
      auto since = std::max(over->second, demanded_since_);
      if (now - since > *bound_)
        return broken(
            at_whom(view) + to_string(who.who) + " is up " + simulation::to_text(now - since)
            + " s after its end"
        );
    }
}

// -- views agree --------------------------------------------------------------------------------------

void views_agree::demand(time_point now, std::optional<duration> bound) {
  until_.reset();
  if (bound)
    until_ = now + *bound;
  agreed_since_.reset();
}

bool views_agree::look(time_point now, const reported_views& all, const std::map<node_id, member>& alive) {
  auto difference = [&]() -> std::string {
    for (const auto& [node, self] : alive) {
      const auto& view = all.at(node);
      for (const auto& [other, who] : alive) {
        if (other == node)
          continue;
        auto known = view.up.find(other);
        if (known == view.up.end())
          return at_whom(view) + to_string(who.who) + " is missing";
        if (known->second != who)
          return at_whom(view) + to_string(who.who) + " is not known as it is";
        if (view.suspected.contains(other))
          return at_whom(view) + to_string(who.who) + " is suspected";
      }
    }
    return {};
  };
  difference_ = difference();
  auto is_steady = agreed_since_ && now - *agreed_since_ >= steady_;
  if (!difference_.empty()) {
    agreed_since_.reset();
    if (until_ && (is_steady || now > *until_))
      broken(difference_);
  } else if (!agreed_since_) {
    agreed_since_ = now;
  }
  return difference_.empty() && is_steady;
}

// -- failed lives answer ------------------------------------------------------------------------------

void failed_lives_answer::up(const reported_view& at, const peer& who) {
  auto failed = at.failed.find(who);
  if (failed != at.failed.end() && !failed->second)
    broken(at_whom(at) + to_string(who) + " is up again and has not answered since it has failed");
}

// -- own evidence counts ------------------------------------------------------------------------------

void own_evidence_counts::believed(
    const reported_view& at, const peer& who, time_point now, const std::optional<time_point>& heard_at
) {
  if (heard_at && now - *heard_at < period_)
    broken(
        at_whom(at) + to_string(who) + " has failed because others say so, "
        + simulation::to_text(now - *heard_at) + " s after it was heard"
    );
}

// -- traffic is bounded -------------------------------------------------------------------------------

void traffic_is_bounded::sent(std::size_t bytes, bool to_member) {
  messages_ += to_member ? 1 : 0;
  if (bytes > datagram_bytes_)
    broken("a datagram has " + std::to_string(bytes) + " bytes");
}

void traffic_is_bounded::begin_idle(time_point now) {
  before_idle_ = messages_;
  idle_since_ = now;
}

void traffic_is_bounded::end_idle(time_point now, std::size_t nodes) {
  auto periods = static_cast<double>((now - idle_since_).count()) / static_cast<double>(period_.count());
  auto each = static_cast<double>(messages_ - before_idle_) / static_cast<double>(nodes) / periods;
  if (each > idle_messages_)
    broken("a node says " + std::to_string(each) + " things in each period while nothing happens");
}

// -- verdicts are earned ------------------------------------------------------------------------------

void verdicts_are_earned::verdict(const reported_view& at, const membership::suspicion_report& why) {
  std::size_t voices = 0;
  std::vector<time_point> refused;
  for (const auto& one : why.accusations) {
    auto counts = one.accuser == at.self || (at.has(one.accuser) && !at.suspected.contains(one.accuser.node));
    if (!counts || one.what == membership::evidence::hearsay)
      continue;
    ++voices;
    if (is_strong(one.what))
      refused.push_back(one.when);
  }
  auto took = why.ended_at - why.since;
  // The protocol reckons logarithms in thousandths.
  constexpr auto rounding = 0.99;
  auto members = at.up.size() + 1;
  auto abstaining = std::ranges::count_if(why.abstentions, [&at](const peer& member) {
    return at.has(member) && !at.suspected.contains(member.node);
  });
  auto answering = members - at.suspected.size() - static_cast<std::size_t>(abstaining);
  if (took >= of_periods(period_, rounding * suspicion_length(members, answering, voices)))
    return;
  constexpr std::size_t enough = 2;
  if (refused.size() >= std::min(answering, enough)
      && why.ended_at - std::ranges::min(refused) >= grace(period_))
    return;
  broken(
      at_whom(at) + to_string(why.subject) + " has failed after " + simulation::to_text(took) + " s by "
      + std::to_string(voices) + " voices that count, " + std::to_string(refused.size())
      + " of them refused, of " + std::to_string(answering) + " that can answer"
  );
}

} // namespace chorus::testing
