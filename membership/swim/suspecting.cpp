#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/pages.hpp>

#include <algorithm>
#include <utility>

// SWIM, section 4.2 (suspicion before the verdict) and Lifeguard, section IV-B (suspicions that shrink with
// confirmations).

namespace chorus::membership::swim {

/// `of` is what the subject has refuted, as far as the accusers know.
void core::accuse(
    time_point now, known_member& subject, const std::vector<voice>& voices, chorus::refutation of
) {
  const auto accuses_itself = [&](const voice& one) { return one.accuser == subject.who.who; };
  if (std::ranges::all_of(voices, accuses_itself))
    return;
  auto& suspected = subject.suspected;
  const auto first = !suspected;
  if (first) {
    suspected.emplace(now, subject.who.who, std::max(of, subject.refutation));
    suspects_.insert(subject.who.who.node);
    ++counters_.suspicions;
    output_.changes.emplace_back(member_suspected{subject.who});
  }
  auto news = first;
  if (of > suspected->refutation()) {
    // It has refuted what was known here, and is suspected anew.
    suspected.emplace(now, subject.who.who, of);
    news = true;
  }
  auto refused = false;
  for (const auto& one : voices) {
    if (accuses_itself(one) || !suspected->hear(now, one))
      continue;
    news = true;
    refused = refused || is_strong(one.what);
  }
  weights_changed_ = true;
  if (!news)
    return;
  weigh_suspicions();
  spread(now, suspected->as_rumour());
  const auto heard = !suspected->has_voice_of(config_.self.who);
  const auto chosen =
      chance_.chance(static_cast<double>(confirming_members) / static_cast<double>(count_trusted()));
  // No connection breaks to a member that has never spoken to this node, so only a look finds it dead. When
  // many have died, those who know them only by name would be chosen too seldom, and be waited for in vain.
  const auto knows_only_by_name = refused && !subject.acquainted;
  if (heard && (chosen || knows_only_by_name) && (first || refused))
    look_myself(now, subject, refused);
}

void core::accuse_myself(time_point now, known_member& subject, evidence what) {
  const auto of = subject.suspected ? subject.suspected->refutation() : subject.refutation;
  accuse(now, subject, {voice{config_.self.who, what}}, of);
  // Found once more: whoever knows better, the subject or one who has heard it leave, may have missed it
  // before.
  spread_again(now, subject.suspected->as_rumour());
}

/// Out of turn, so that a confirmation or a refutation comes soon.
void core::look_myself(time_point now, known_member& subject, bool also_connect) {
  start_probe(now, subject);
  if (also_connect)
    try_connection_to(now, subject);
}

void core::try_connection_to(time_point now, known_member& subject) {
  if (subject.trying_since && now - *subject.trying_since < times_.connection_patience())
    return;
  subject.trying_since = now;
  output_.connections.push_back({subject.who.who, subject.who.where});
}

/// The subject has refuted what it was suspected of.
void core::trust(time_point now, known_member& subject) {
  if (!subject.suspected)
    return;
  if (subject.suspected->has_strong_voice_of(config_.self.who))
    subject.refusals_count_from = now + times_.distrust();
  end_suspicion(now, subject, suspicion_report::outcome::refuted);
  output_.changes.emplace_back(member_trusted{subject.who});
}

void core::end_suspicion(time_point now, known_member& subject, suspicion_report::outcome how) {
  auto report = report_of(*subject.suspected);
  report.result = how;
  report.ended_at = now;
  remember(std::move(report));
  subject.suspected.reset();
  suspects_.erase(subject.who.who.node);
  weights_changed_ = true;
}

void core::remember(suspicion_report report) {
  const auto node = report.subject.node;
  if (reports_.size() >= reports_limit && !reports_.contains(node))
    reports_.erase(std::ranges::min_element(reports_, {}, [](const auto& item) {
      return item.second.ended_at;
    }));
  reports_.insert_or_assign(node, std::move(report));
}

std::optional<suspicion_report> core::why_suspected(const node_id& who) const {
  if (suspects_.contains(who))
    return report_of(*members_.at(who).suspected);
  const auto remembered = reports_.find(who);
  return remembered == reports_.end() ? std::nullopt : std::optional{remembered->second};
}

suspicion_report core::report_of(const suspicion& what) const {
  const auto& silent = what.abstentions();
  return {
      what.subject(),
      what.since(),
      what.accusations(),
      suspicion_report::outcome::ongoing,
      {},
      {silent.begin(), silent.end()}};
}

/// Who is suspected, and how large the cluster is, decides which voices count and how long to wait.
void core::weigh_suspicions() {
  if (!std::exchange(weights_changed_, false))
    return;
  suspicion_terms terms;
  terms.shortest = times_.shortest_suspicion(cluster_size());
  terms.longest = times_.longest_suspicion(cluster_size());
  terms.grace = times_.grace();
  terms.trusted = count_trusted();
  for (const auto& node : suspects_)
    members_.at(node).suspected->weigh(terms, [this](const peer& accuser) { return is_trusted(accuser); });
}

void core::judge_suspects(time_point now) {
  std::vector<node_id> due;
  for (const auto& node : suspects_)
    if (members_.at(node).suspected->deadline() <= now)
      due.push_back(node);
  for (const auto& node : due) {
    const auto subject = members_.find(node);
    const failed verdict{subject->second.who.who, subject->second.suspected->refutation(), config_.self.who};
    ++counters_.verdicts;
    fail(now, subject);
    spread(now, verdict);
  }
}

/// A newcomer is told of all suspicions at once, because they wait for it until it accuses or abstains.
/// Rumours alone would reach it too late when there are more than a datagram carries: each datagram has
/// others, and who hears which is left to chance. They repeat what is lost.
void core::tell_suspicions(time_point now, const known_member& newcomer) {
  if (suspects_.empty())
    return;
  std::vector<rumour> suspicions;
  for (const auto& node : suspects_)
    suspicions.emplace_back(members_.at(node).suspected->as_rumour());
  for (auto& one : divide_into_pages(suspicions))
    send(newcomer, std::move(one));
  for (auto& one : suspicions)
    spread(now, std::move(one));
}

/// Tells who suspects that life that this node can say nothing about it. What a datagram has told is answered
/// in one.
void core::abstain(const peer& mistaken, const peer& subject) {
  const auto* other = find(mistaken);
  if (other == nullptr)
    return;
  if (!output_.messages.empty() && output_.messages.back().to == mistaken) {
    auto* begun = std::get_if<abstention>(&output_.messages.back().message.what);
    if (begun != nullptr && begun->subjects.size() < abstention::subjects_limit) {
      begun->subjects.push_back(subject);
      return;
    }
  }
  output_.messages.push_back({other->who.who, {abstention{{subject}}, {}}});
  ++counters_.messages_sent;
}

void core::handle(time_point, const peer& from, const abstention& what) {
  if (find(from) == nullptr)
    return;
  for (const auto& life : what.subjects) {
    auto* subject = find(life);
    if (subject == nullptr || !subject->suspected || !subject->suspected->abstain(from))
      continue;
    ++counters_.abstentions;
    weights_changed_ = true;
  }
}

/// Somebody suspects what this node has said up to `accused`: say more.
void core::refute(time_point now, chorus::refutation accused) {
  if (accused > refutation_) {
    ++counters_.accusations_above;
    return;
  }
  if (accused < refutation_) {
    spread_again(now, speak());
    return;
  }
  ++counters_.refutations;
  health_.worsen();
  say_more(now);
}

/// What this node says from now on beats whatever it said until now.
void core::say_more(time_point now) {
  refutation_ = std::min(refutation_.next(), refutation_limit);
  spread(now, speak());
}

} // namespace chorus::membership::swim
