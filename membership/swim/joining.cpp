#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/pages.hpp>

#include <algorithm>
#include <utility>

// Whoever comes says hello to any address where a member may be. It is asked back at the address that it
// advertises, before others build on it; its answer lets it in, and it learns the whole view.

namespace chorus::membership::swim {

void core::handle(time_point now, const peer& from, const hello& what) {
  if (from.node == config_.self.who.node) {
    if (what.self == config_.self && what.asked_at) {
      if (contacts_.echoed(*what.asked_at))
        output_.notices.emplace_back(seed_is_self{*what.asked_at});
    } else if (what.self != config_.self)
      meet_own_node_id(now, what.self, what.is_in);
    return;
  }
  if (is_twin(now, what.self) || !may_succeed(now, what.self))
    return;
  if (what.failed)
    hear_own_failure(now, from, *what.failed);
  const auto answered = what.answers && contacts_.answered(now, *what.answers);
  const auto known = members_.find(from.node);
  if (known == members_.end() || known->second.who.who.incarnation < from.incarnation) {
    // Whoever has this node in its view has had an answer from it, so datagrams pass in both directions.
    const auto has_this_node = std::ranges::any_of(what.view, [this](const rumour& entry) {
      const auto* named = std::get_if<alive>(&entry);
      return named != nullptr && named->who.who == config_.self.who;
    });
    const auto* failed = failed_.find(from);
    const auto hears = failed != nullptr ? takes_back(*failed, what)
                                         : (answered && *what.answers == what.self.where) || has_this_node;
    meet_newcomer(now, what, hears);
  } else {
    hear(now, from, alive{what.self, what.refutation});
    hear_view(now, from, what.view);
    if (what.asked_at)
      greet_back(now, what, std::nullopt);
  }
  if (answered)
    meet_successor(now, from, *what.answers);
}

/// `listener` has just answered at that address. If it is another member's, that one is gone.
void core::meet_successor(time_point now, const peer& listener, const address& where) {
  for (auto& [node, known] : members_)
    if (node != listener.node && known.who.where == where)
      accuse_myself(now, known, evidence::address_taken);
}

/// `hears`: what this node says reaches it.
void core::meet_newcomer(time_point now, const hello& what, bool hears) {
  const auto& who = what.self;
  if (const auto conflict = find_conflict(what)) {
    settle(now, *conflict);
    return;
  }
  if (cluster_size() >= limits::members && !members_.contains(who.who.node)) {
    refuse(now, refusal::why::cluster_full, who, config_.self);
    return;
  }
  if (hears) {
    welcome(now, what);
    return;
  }
  // It speaks to us; ask it where it says that it can be reached.
  introduce(now, who.where);
  auto* failed = failed_.find(who.who);
  if (what.asked_at && (failed == nullptr || may_ask(now, *failed))) {
    greet_back(now, what, who.where);
    note_question(now, who.where);
  } else if (what.asked_at) {
    greet_back(now, what, std::nullopt);
  } else if (failed != nullptr) {
    ask_failed(now, *failed);
  }
  if (failed != nullptr)
    contacts_.sign_of_life(now, who.where, times_.verdict_gap());
  tell_unreachable(now, who);
}

/// Whoever is in the waiting room for as long as a silent member is believed in does not hear at its address,
/// but perhaps over the connection on which it speaks.
void core::tell_unreachable(time_point now, const member& newcomer) {
  const auto lasted = newcomers_.enter(now, newcomer.who);
  if (lasted < config_.failure_timeout)
    return;
  const auto told = explain(now, refusal::why::unreachable, newcomer.who, config_.self);
  output_.replies.push_back({newcomer.who, {told, {}}});
  ++counters_.refusals_sent;
  if (refusals_told_.passes(to_string(newcomer.who.node), now))
    output_.notices.emplace_back(refusal_sent{newcomer, told, lasted});
}

void core::welcome(time_point now, const hello& what) {
  const alive newcomer{what.self, what.refutation};
  take_up(now, newcomer);
  spread(now, newcomer);
  auto& known = members_.at(what.self.who.node);
  known.acquainted = what.answers.has_value();
  known.heard_at = now;
  known.spoke_at = now;
  hear_view(now, what.self.who, what.view);
  if (what.asked_at)
    greet_back(now, what, std::nullopt);
}

void core::introduce(time_point now, const address& where) {
  if (where != config_.self.where && !contacts_.introduce(now, where))
    ++counters_.introductions_dropped;
}

/// Out of turn, so the next one can wait; but refusals come only with questions, and each may be lost.
void core::note_question(time_point now, const address& where) {
  contacts_.asked(now, where);
  if (refused_.is_tried(now))
    contacts_.hasten(now + times_.refused_gap());
}

void core::ask_contacts(time_point now) {
  std::set<address> occupied;
  for (const auto& [node, known] : members_)
    occupied.insert(known.who.where);
  const auto questions = contacts_.take_due(now, occupied, questions_at_once);
  if (questions.size() == questions_at_once)
    next_question_ = now + times_.contact_gap();
  for (const auto& where : questions)
    ask(now, where, failed_.find_at(where));
  // Refusals come only with questions, and each may be lost.
  if (refused_.is_tried(now))
    contacts_.hasten(now + times_.refused_gap());
  for (const auto& seed : contacts_.take_silences(now))
    if (!refused_.is_tried(now)) // a refusal is an answer, which does not say to which question
      output_.silent_seeds.push_back({seed.where, seed.lasted});
}

/// There may be a life that nobody knows yet.
void core::ask_out_of_turn(time_point now, const address& where) {
  introduce(now, where);
  note_question(now, where);
  ask(now, where, failed_.find_at(where));
}

/// `failed`: who may be there; null if nobody is known to have failed there.
void core::ask(time_point now, const address& where, failed_lives::life* failed) {
  auto question = greet();
  question.asked_at = where;
  if (failed != nullptr) {
    question.failed = failure{failed->who.who, failed->refuted};
    failed->asked_at = now;
    ++counters_.failed_asked;
  }
  output_.contacts.push_back({where, {std::move(question), {}}});
  ++counters_.messages_sent;
}

hello core::greet() const {
  hello what;
  what.self = config_.self;
  what.refutation = refutation_;
  what.digest = view_digest();
  what.is_in = is_in();
  return what;
}

/// Answers a question at the address where its asker says that it can be reached, with the view if it has
/// another one. `asked_at` asks in turn.
void core::greet_back(time_point now, const hello& what, std::optional<address> asked_at) {
  auto answer = greet();
  answer.answers = what.asked_at;
  answer.asked_at = std::move(asked_at);
  if (auto* failed = failed_.find(what.self.who); failed != nullptr && answer.asked_at) {
    answer.failed = failure{failed->who.who, failed->refuted};
    failed->asked_at = now;
    ++counters_.failed_asked;
  }
  if (what.digest != answer.digest) {
    auto pages = divide_into_pages(view(now));
    answer.view = std::move(pages.front().entries);
    pages.erase(pages.begin());
    // As long as there is no connection only the newest datagram waits for it: that has to be the answer.
    counters_.messages_sent += pages.size();
    for (auto& one : pages)
      output_.contacts.push_back({what.self.where, {std::move(one), {}}});
  }
  ++counters_.messages_sent;
  output_.contacts.push_back({what.self.where, {std::move(answer), {}}});
}

} // namespace chorus::membership::swim
