#include <chorus/membership/full_mesh.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/protocol_core.hpp>

#include <algorithm>
#include <bit>
#include <tuple>

namespace chorus::membership::full_mesh {

static_assert(protocol_core<core>);

bool output::empty() const noexcept {
  return changes.empty() && !declared_failed_now && !rejection && messages.empty() && contacts.empty()
         && silent_seeds.empty();
}

core::core(time_point now, config settings)
    : config_(std::move(settings)), chance_(config_.seed), contacts_(config_.contacts, chance_.split()),
      next_round_(now), ran_at_(now) {
  CHORUS_CHECK(
      !check_content(
          config_.self.who, gossip{.self = config_.self, .known = {}, .asked_at = {}, .answers = {}}
      ),
      "a node needs an id, an incarnation, a name and an address that others can use"
  );
  CHORUS_CHECK(
      config_.interval > duration::zero() && config_.interval < config_.failure_timeout
          && config_.failure_timeout < config_.refusal_patience,
      "interval < failure timeout < patience with refusals"
  );
}

void core::receive(time_point now, const peer& from, const message& what) {
  if (phase_ != phase::running)
    return;
  notice_own_pause(now);
  if (check_content(from, what)) {
    ++counters_.messages_invalid;
    return;
  }
  std::visit([&](const auto& content) { handle(now, from, content); }, what);
}

void core::apply(time_point now, const input& what) {
  if (phase_ == phase::gone)
    return;
  notice_own_pause(now);
  std::visit([&](const auto& content) { handle(now, content); }, what);
}

void core::tick(time_point now) {
  if (phase_ != phase::running)
    return;
  notice_own_pause(now);
  expire_silent_members(now);
  if (judgement_at_ && *judgement_at_ <= now)
    judge_accusations(now);
  if (phase_ != phase::running)
    return;
  if (!members_.empty() && next_round_ <= now)
    gossip_to_members(now);
  ask_contacts(now);
}

std::optional<time_point> core::next_deadline() const {
  if (phase_ != phase::running)
    return std::nullopt;
  auto next = contacts_.next_due();
  auto include = [&next](time_point when) { next = next ? std::min(*next, when) : when; };
  if (judgement_at_)
    include(*judgement_at_);
  if (!members_.empty())
    include(next_round_);
  for (const auto& [node, known] : members_)
    include(known.heard_at + config_.failure_timeout);
  return next;
}

output core::drain() {
  return std::exchange(output_, {});
}

std::vector<member> core::members() const {
  std::vector<member> everybody;
  everybody.reserve(members_.size());
  for (const auto& [node, known] : members_)
    everybody.push_back(known.who);
  return everybody;
}

// -- what others say -------------------------------------------------------------------------------

void core::handle(time_point now, const peer& from, const gossip& what) {
  ++counters_.gossip_received;
  if (from.node == config_.self.who.node) {
    meet_own_node_id(now, what);
    return;
  }
  if (auto past = past_.find(from.node);
      past != past_.end() && from.incarnation <= past->second.incarnation) {
    meet_past_life(now, what, past->second);
    return;
  }
  if (auto known = members_.find(from.node);
      known != members_.end() && from.incarnation <= known->second.who.who.incarnation) {
    meet_member(now, what, known->second);
    return;
  }
  meet_newcomer(now, what);
}

void core::handle(time_point now, const peer& from, const farewell&) {
  auto known = members_.find(from.node);
  if (known != members_.end() && known->second.who.who == from)
    take_down(now, known, member_down::why::left);
  else
    ++counters_.messages_of_the_past;
}

void core::handle(time_point now, const peer& from, const accusation& what) {
  auto known = members_.find(from.node);
  auto is_past = known != members_.end() && from.incarnation < known->second.who.who.incarnation;
  if (what.subject != config_.self.who || is_past) {
    ++counters_.messages_of_the_past;
    return;
  }
  std::erase_if(accusers_, [&](const accuser& other) { return other.who.node == from.node; });
  if (accusers_.size() >= members_limit)
    return;
  accusers_.push_back({from, what.where, what.accuser});
  // Others may accuse as well: what they say decides whose view is the isolated one.
  if (!judgement_at_)
    judgement_at_ = now + 2 * config_.interval;
}

void core::handle(time_point now, const peer&, const refusal& what) {
  if (what.holder.who == config_.self.who)
    ++counters_.messages_invalid;
  else if (what.subject != config_.self.who)
    ++counters_.messages_of_the_past;
  else
    heed_refusal(now, what);
}

void core::meet_own_node_id(time_point now, const gossip& what) {
  const auto& self = config_.self;
  if (what.self == self) {
    if (what.asked_at)
      contacts_.echoed(*what.asked_at);
    return;
  }
  auto rank = [](const member& process) {
    // Of two processes in the same life somebody has to stay: by address, for want of anything better.
    return std::tuple{process.who.incarnation, process.where, process.name};
  };
  if (rank(what.self) > rank(self)) {
    heed_refusal(now, {self.who, refusal::why::node_id_taken, what.self});
    return;
  }
  ++counters_.messages_of_the_past;
  if (what.self.where != self.where)
    refuse({what.self.who, refusal::why::node_id_taken, self}, what.self.where);
}

void core::meet_past_life(time_point now, const gossip& what, past_life& past) {
  ++counters_.messages_of_the_past;
  auto told_lately = past.told_at && now - *past.told_at < config_.interval;
  if (past.reason != member_down::why::failed || told_lately)
    return;
  past.told_at = now;
  accuse(what.self.who, what.self.where);
}

void core::meet_member(time_point now, const gossip& what, live_member& known) {
  if (what.self != known.who) {
    ++counters_.messages_of_the_past;
    if (what.self.where != known.who.where)
      refuse({what.self.who, refusal::why::node_id_taken, known.who}, what.self.where);
    return;
  }
  known.heard_at = now;
  if (what.answers)
    contacts_.answered(now, *what.answers);
  follow_introductions(now, what);
  if (what.asked_at)
    answer(what.self.who, *what.asked_at);
}

void core::meet_newcomer(time_point now, const gossip& what) {
  const auto& who = what.self;
  if (auto conflict = find_conflict(what)) {
    if (conflict->subject == config_.self.who)
      heed_refusal(now, *conflict);
    else if (conflict->subject == who.who)
      refuse(*conflict, who.where);
    else
      refuse(*conflict, members_.at(conflict->subject.node).who.where);
    return;
  }
  if (members_.size() + 1 >= members_limit && !members_.contains(who.who.node)) {
    refuse({who.who, refusal::why::cluster_full, config_.self}, who.where);
    return;
  }
  follow_introductions(now, what);
  auto answered = what.answers && contacts_.answered(now, *what.answers) && *what.answers == who.where;
  // Whoever has this node as a member has had an answer from it, so datagrams pass in both directions.
  auto has_this_node = std::ranges::find(what.known, config_.self) != what.known.end();
  if (answered || has_this_node) {
    take_up(now, who);
    if (what.asked_at)
      answer(who.who, *what.asked_at);
    return;
  }
  // It speaks to us; ask it where it says that it can be reached, before anybody builds on that.
  if (!contacts_.introduce(now, who.where))
    ++counters_.introductions_dropped;
  if (what.asked_at) {
    ask(who.where, what.asked_at);
    contacts_.asked(now, who.where);
  }
}

void core::follow_introductions(time_point now, const gossip& what) {
  const auto& self = config_.self;
  for (const auto& someone : what.known) {
    if (someone == self || someone.where == self.where)
      continue;
    // Somebody else who bears this node's id will be asked, and then one of the two yields.
    if (someone.who.node == self.who.node && someone.who.incarnation < self.who.incarnation)
      continue;
    auto known = members_.find(someone.who.node);
    if (known != members_.end() && someone.who.incarnation <= known->second.who.who.incarnation)
      continue;
    auto past = past_.find(someone.who.node);
    if (past != past_.end() && someone.who.incarnation <= past->second.incarnation)
      continue;
    if (!contacts_.introduce(now, someone.where))
      ++counters_.introductions_dropped;
  }
}

/// Who began without seeds is a cluster of its own, which newcomers join; who has seeds joins theirs.
bool core::is_in() const {
  return !members_.empty() || !has_seeds_;
}

std::optional<refusal> core::find_conflict(const gossip& newcomer) const {
  auto conflict_with = [&](const member& holder, bool holder_is_in) -> std::optional<refusal> {
    if (holder.name != newcomer.self.name || holder.who.node == newcomer.self.who.node)
      return std::nullopt;
    auto newcomer_is_in = newcomer.is_in || !newcomer.known.empty();
    auto newcomer_stays =
        newcomer_is_in == holder_is_in ? newcomer.self.who.node < holder.who.node : newcomer_is_in;
    const auto& stays = newcomer_stays ? newcomer.self : holder;
    const auto& yields = newcomer_stays ? holder : newcomer.self;
    return refusal{yields.who, refusal::why::name_taken, stays};
  };
  if (auto conflict = conflict_with(config_.self, is_in()))
    return conflict;
  for (const auto& [node, known] : members_)
    if (auto conflict = conflict_with(known.who, true))
      return conflict;
  return std::nullopt;
}

void core::heed_refusal(time_point now, const refusal& what) {
  if (rejected_)
    return;
  // Refusals answer questions, and those come as slowly as the contact list asks.
  auto lasting = config_.contacts.longest_gap + config_.failure_timeout;
  if (!refused_ || now - refused_->latest > lasting)
    refused_ = refused_since{now, now};
  refused_->latest = now;
  if (now - refused_->first < config_.refusal_patience)
    return;
  rejected_ = true;
  output_.rejection = rejected{describe(what)};
}

void core::refuse(const refusal& what, const address& where) {
  output_.contacts.push_back({where, what});
  ++counters_.refusals_sent;
}

// -- what this node says -----------------------------------------------------------------------------

void core::handle(time_point now, const add_seed& what) {
  has_seeds_ = true;
  if (what.where != config_.self.where && !contacts_.add_seed(now, what.where))
    ++counters_.seeds_dropped;
}

void core::handle(time_point now, const link_lost& what) {
  auto known = members_.find(what.who.node);
  if (known != members_.end() && known->second.who.who == what.who)
    take_down(now, known, member_down::why::failed);
}

void core::handle(time_point, const leave&) {
  // Once to each: if it is lost, the failure timeout says the same, later and as a failure.
  for (const auto& [node, known] : members_)
    output_.messages.push_back({known.who.who, farewell{}});
  phase_ = phase::gone;
}

void core::handle(time_point now, const new_life& what) {
  CHORUS_CHECK(what.incarnation > config_.self.who.incarnation, "a new life has a greater incarnation");
  // What the old life declared failed is forgotten: it was the old life that promised never to hear of
  // them again. Were it kept, this node would in turn make all those take new lives who went on
  // without it.
  while (!members_.empty())
    take_down(now, members_.begin(), member_down::why::failed);
  past_.clear();
  accusers_.clear();
  judgement_at_.reset();
  refused_.reset();
  rejected_ = false;
  output_.messages.clear();
  output_.contacts.clear();
  config_.self.who.incarnation = what.incarnation;
  phase_ = phase::running;
  ran_at_ = now;
  contacts_.start_over(now);
}

// -- verdicts ----------------------------------------------------------------------------------------

void core::take_up(time_point now, const member& who) {
  if (auto earlier = members_.find(who.who.node); earlier != members_.end())
    take_down(now, earlier, member_down::why::restarted);
  if (members_.empty())
    next_round_ = now;
  // What its earlier lives had to say is settled.
  std::erase_if(accusers_, [&](const accuser& other) { return other.who.node == who.who.node; });
  if (accusers_.empty())
    judgement_at_.reset();
  past_.erase(who.who.node);
  contacts_.settle(who.where);
  members_.emplace(who.who.node, live_member{who, now});
  output_.changes.emplace_back(member_up{who});
}

void core::take_down(time_point now, live_members::iterator who, member_down::why reason) {
  auto gone = std::move(who->second.who);
  members_.erase(who);
  std::erase_if(output_.messages, [&](const auto& step) { return step.to == gone.who; });
  bury(now, gone.who, gone.where, reason);
  if (members_.empty())
    contacts_.start_over(now);
  output_.changes.emplace_back(member_down{std::move(gone), reason});
}

void core::bury(time_point now, const peer& who, const address& where, member_down::why reason) {
  if (past_.size() >= past_limit && !past_.contains(who.node))
    past_.erase(std::ranges::min_element(past_, {}, [](const auto& item) { return item.second.ended_at; }));
  auto& past = past_[who.node];
  past = {std::max(who.incarnation, past.incarnation), where, reason, now, std::nullopt};
  if (reason == member_down::why::failed)
    contacts_.add_lost(now, where);
}

void core::judge_accusations(time_point now) {
  auto outweighed = std::ranges::any_of(accusers_, [mine = weigh()](const accuser& other) {
    return other.weight.outweighs(mine);
  });
  auto accusers = std::exchange(accusers_, {});
  judgement_at_.reset();
  if (outweighed) {
    phase_ = phase::outcast;
    output_.declared_failed_now = true;
    return;
  }
  // The accusers have ended their links to this life, so this side ends its own, and they start over.
  for (const auto& other : accusers) {
    auto known = members_.find(other.who.node);
    if (known != members_.end() && known->second.who.who == other.who)
      take_down(now, known, member_down::why::failed);
    else if (known == members_.end())
      bury(now, other.who, other.where, member_down::why::failed);
  }
  for (const auto& other : accusers)
    accuse(other.who, other.where);
}

void core::accuse(const peer& subject, const address& where) {
  output_.contacts.push_back({where, accusation{subject, weigh(), config_.self.where}});
  ++counters_.accusations_sent;
}

standing core::weigh() const {
  const auto self = config_.self.who.node;
  standing mine{1, self, self};
  for (const auto& [node, known] : members_) {
    if (std::ranges::any_of(accusers_, [id = node](const accuser& other) { return other.who.node == id; }))
      continue;
    ++mine.members;
    mine.least = std::min(mine.least, node);
  }
  return mine;
}

// -- time ----------------------------------------------------------------------------------------------

// A process that was stopped for a while, or a thread that got no turn, finds the silence of others where
// there was only its own. It gives them back the time that it did not listen.
void core::notice_own_pause(time_point now) {
  auto expected = next_deadline();
  auto since = expected ? std::max(*expected, ran_at_) : now;
  ran_at_ = now;
  if (now - since <= config_.interval)
    return;
  ++counters_.pauses_noticed;
  for (auto& [node, known] : members_)
    known.heard_at = std::min(now, known.heard_at + (now - since));
}

void core::expire_silent_members(time_point now) {
  for (auto next = members_.begin(); next != members_.end();) {
    auto who = next++;
    if (now - who->second.heard_at >= config_.failure_timeout)
      take_down(now, who, member_down::why::failed);
  }
}

void core::gossip_to_members(time_point now) {
  next_round_ = now + chance_.duration_between(config_.interval * 4 / 5, config_.interval);
  for (const auto& [node, known] : members_)
    output_.messages.push_back({known.who.who, speak()});
  counters_.gossip_sent += members_.size();
}

void core::ask_contacts(time_point now) {
  std::set<address> occupied;
  for (const auto& [node, known] : members_)
    occupied.insert(known.who.where);
  for (const auto& attempt : contacts_.take_due(now, occupied)) {
    ask(attempt.where);
    // Said at 2, 4, 8, ... questions without an answer: the log is told, not flooded.
    auto worth_saying =
        attempt.unanswered >= 2 && std::has_single_bit(static_cast<unsigned>(attempt.unanswered));
    if (attempt.seed && worth_saying && !refused_)
      output_.silent_seeds.push_back({attempt.where, attempt.unanswered});
  }
}

void core::ask(const address& where, std::optional<address> answers) {
  auto question = speak();
  question.asked_at = where;
  question.answers = std::move(answers);
  output_.contacts.push_back({where, std::move(question)});
  ++counters_.gossip_sent;
}

void core::answer(const peer& to, const address& asked_at) {
  auto content = speak();
  content.answers = asked_at;
  output_.messages.push_back({to, std::move(content)});
  ++counters_.gossip_sent;
}

gossip core::speak() const {
  return {config_.self, members(), std::nullopt, std::nullopt, is_in()};
}

} // namespace chorus::membership::full_mesh
