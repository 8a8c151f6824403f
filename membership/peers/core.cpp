#include <chorus/membership/peers/core.hpp>

#include <utility>

namespace chorus::membership::peers {

namespace {

using why = link::closed::why;

/// Of a relation with a member that ended by itself.
down_reason reason_of(why reason) noexcept {
  switch (reason) {
  case why::closed_here:
    return down_reason::closed_here;
  case why::closed_by_peer:
    return down_reason::left;
  case why::peer_restarted:
    return down_reason::restarted;
  case why::ended_by_peer:
  case why::superseded:
    return down_reason::ended_by_peer;
  case why::violation:
  case why::wrong_cluster:
  case why::wrong_version:
    return down_reason::violation;
  case why::abandoned:
  case why::unresponsive:
    break;
  }
  return down_reason::unreachable;
}

} // namespace

std::string_view to_string(down_reason reason) noexcept {
  switch (reason) {
  case down_reason::failed:
    return "failed";
  case down_reason::left:
    return "left";
  case down_reason::restarted:
    return "restarted";
  case down_reason::unreachable:
    return "unreachable";
  case down_reason::ended_by_peer:
    return "ended by peer";
  case down_reason::violation:
    return "violation";
  case down_reason::closed_here:
    return "closed here";
  }
  return "unknown";
}

void core::apply(time_point now, const input& what) {
  std::visit([&](const auto& told) { on(now, told); }, what);
}

std::vector<step> core::drain() {
  return std::exchange(steps_, {});
}

// -- what membership says ----------------------------------------------------------------------------------

void core::on(time_point, const joined& what) {
  auto& at = lives_[what.who.who];
  at.who = what.who;
  at.state = state::member;
  // A relation that still ends gives way to another when it has closed.
  if (!at.relation && !at.waits)
    open(at, false);
}

/// A verdict of membership ends the pause as well: when it is taken back, the other end has answered.
void core::on(time_point, const failed& what) {
  if (auto which = lives_.find(what.who); which != lives_.end() && which->second.state == state::member)
    is_over(which, state::failed, down_reason::failed);
}

/// What a life has sent before it left is on its way; its goodbye comes after all that.
void core::on(time_point now, const left& what) {
  auto which = lives_.find(what.who.who);
  if (which == lives_.end())
    return told_over(what.who, down_reason::left);
  auto& at = which->second;
  if (at.state == state::member && at.up_since) {
    at.state = state::leaving;
    at.end = down_reason::left;
    at.goodbye_until = now + settings_.goodbye_within;
  } else if (at.state != state::leaving) {
    is_over(which, state::over, down_reason::left);
  }
}

void core::on(time_point, const restarted& what) {
  if (auto which = lives_.find(what.who.who); which != lives_.end())
    is_over(which, state::over, down_reason::restarted);
  else
    told_over(what.who, down_reason::restarted);
}

/// Of a life that has failed here before.
void core::told_over(const member& who, down_reason reason) {
  steps_.emplace_back(peer_gone{who, reason});
}

void core::is_over(table::iterator which, state now_is, down_reason reason) {
  auto& at = which->second;
  at.state = now_is;
  at.end = reason;
  at.waits.reset();
  at.goodbye_until.reset();
  if (at.relation)
    end(at);
  else
    settle(which);
}

// -- what the links say ------------------------------------------------------------------------------------

void core::on(time_point, const greeted& what) {
  auto which = lives_.find(what.who);
  if (which == lives_.end())
    return;
  auto& at = which->second;
  auto is_that_process = what.nonce == at.who.nonce;
  if (is_that_process && at.state == state::member && !at.relation && !(at.waits && at.waits->is_deaf))
    open(at, true);
}

void core::on(time_point now, const relation_established& what) {
  auto which = find(what.relation);
  if (which == lives_.end())
    return;
  auto& at = which->second;
  at.up_since = now;
  steps_.emplace_back(peer_up{at.who, at.relation, former_.contains(at.who.who.node)});
}

void core::on(time_point now, const relation_closed& what) {
  auto which = find(what.relation);
  if (which == lives_.end())
    return;
  auto& at = which->second;
  relations_.erase(what.relation);
  at.relation = {};
  at.is_doubted = false;
  end_question(at);
  auto how = std::exchange(at.was_given_up, false) ? why::unresponsive : what.reason;
  auto is_member = at.state == state::member;
  auto is_ours = !is_member || how == why::abandoned;
  auto reason = is_ours ? at.end : reason_of(how);
  steps_.emplace_back(forget_relation{at.who, what.relation, reason});
  auto since = std::exchange(at.up_since, std::nullopt);
  if (since) {
    at.tries.held(now - *since);
    former_.add(at.who.who.node);
    steps_.emplace_back(peer_down{at.who, what.relation, reason});
  }
  if (is_member)
    go_on(now, at, how, since.has_value());
  else
    settle(which);
}

void core::on(time_point, const given_up& what) {
  auto which = lives_.find(what.who);
  if (which == lives_.end() || !which->second.relation)
    return;
  which->second.was_given_up = true;
  end(which->second);
}

/// A member is without a relation: when to try again? Who could not even begin one takes any hello for a sign
/// that it can now. Were both ends deaf in their pauses, each might say hello only while the other is.
void core::go_on(time_point now, life& at, why reason, bool was_up) {
  switch (reason) {
  case why::ended_by_peer:
  case why::abandoned: // a verdict that was taken back meanwhile
    return open(at, false);
  case why::closed_here:
  case why::closed_by_peer:
  case why::peer_restarted:
  case why::superseded: // its hello comes again
    at.waits = pause{now + settings_.news_within, false};
    return;
  case why::unresponsive:
    steps_.emplace_back(unreachable{at.who.who});
    [[fallthrough]];
  case why::violation:
  case why::wrong_cluster:
  case why::wrong_version:
    at.waits = pause{now + at.tries.next(), was_up};
    return;
  }
}

/// Membership has spoken, and the relation has ended.
void core::settle(table::iterator which) {
  steps_.emplace_back(peer_gone{which->second.who, which->second.end});
  lives_.erase(which);
}

void core::open(life& at, bool was_greeted) {
  at.waits.reset();
  at.relation = last_relation_ = last_relation_.next();
  relations_.emplace(at.relation, at.who.who);
  steps_.emplace_back(open_relation{at.who, at.relation, was_greeted});
}

void core::end(life& at) {
  steps_.emplace_back(end_relation{at.who.who, at.relation});
}

core::table::iterator core::find(relation_number relation) {
  auto known = relations_.find(relation);
  return known == relations_.end() ? lives_.end() : lives_.find(known->second);
}

// -- doubt -------------------------------------------------------------------------------------------------

void core::on(time_point, const connection_broken& what) {
  auto which = lives_.find(what.who);
  if (which != lives_.end() && which->second.relation && !std::exchange(which->second.connection_broke, true))
    ++questions_;
}

void core::on(time_point, const connection_refused& what) {
  auto which = lives_.find(what.who);
  if (which == lives_.end() || !which->second.connection_broke)
    return;
  if (!std::exchange(which->second.is_doubted, true))
    steps_.emplace_back(doubted{what.who, true});
}

void core::on(time_point, const heard& what) {
  if (auto which = lives_.find(what.who); which != lives_.end())
    trust(which->second);
}

void core::end_question(life& at) {
  if (std::exchange(at.connection_broke, false))
    --questions_;
}

void core::trust(life& at) {
  end_question(at);
  if (std::exchange(at.is_doubted, false))
    steps_.emplace_back(doubted{at.who.who, false});
}

// -- time --------------------------------------------------------------------------------------------------

void core::tick(time_point now) {
  for (auto& [who, at] : lives_) {
    if (at.waits && at.waits->until <= now)
      open(at, false);
    if (at.goodbye_until && *at.goodbye_until <= now) {
      at.goodbye_until.reset();
      end(at);
    }
  }
}

std::optional<time_point> core::next_deadline() const {
  std::optional<time_point> next;
  for (const auto& [who, at] : lives_) {
    if (at.waits)
      next = earliest(next, at.waits->until);
    next = earliest(next, at.goodbye_until);
  }
  return next;
}

// -- what is known -----------------------------------------------------------------------------------------

relation_number core::relation_with(const peer& who) const {
  auto which = lives_.find(who);
  return which == lives_.end() ? relation_number{} : which->second.relation;
}

const member* core::find_member(const peer& who) const {
  auto which = lives_.find(who);
  return which == lives_.end() ? nullptr : &which->second.who;
}

bool core::is_up(const peer& who) const {
  auto which = lives_.find(who);
  return which != lives_.end() && which->second.up_since;
}

bool core::is_questioned(const peer& who) const {
  if (questions_ == 0)
    return false;
  auto which = lives_.find(who);
  return which != lives_.end() && which->second.connection_broke;
}

std::vector<peer_up> core::all_up() const {
  std::vector<peer_up> all;
  for (const auto& [who, at] : lives_)
    if (at.up_since)
      all.push_back({at.who, at.relation, former_.contains(who.node)});
  return all;
}

} // namespace chorus::membership::peers
