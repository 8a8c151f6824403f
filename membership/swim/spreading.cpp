#include <chorus/membership/swim/core.hpp>
#include <chorus/membership/swim/wire.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

// Rumours: which of two beats the other (SWIM, section 4.2), and how they travel (section 4.1).

namespace chorus::membership::swim {

void core::hear(time_point now, const peer& from, const rumour& what) {
  std::visit([&](const auto& told) { hear(now, from, told); }, what);
}

void core::hear(time_point now, const peer& from, const alive& what) {
  const auto& who = what.who.who;
  if (who.node == config_.self.who.node) {
    if (who != config_.self.who || (what.refutation == refutation_ && what.who != config_.self))
      meet_own_node_id(now, what.who, is_in());
    else if (what.refutation > refutation_)
      refute(now, what.refutation);
    return;
  }
  if (auto* ended = ended_.find(who)) {
    meet_ended_life(now, who, *ended);
    return;
  }
  if (hear_of_failed(now, what))
    return;
  const auto known = members_.find(who.node);
  if (known == members_.end() || known->second.who.who.incarnation < who.incarnation) {
    if (known == members_.end() && cluster_size() >= limits::members) {
      ++counters_.introductions_dropped;
      return;
    }
    take_up(now, what);
    if (who == from)
      members_.at(who.node).heard_at = now;
    spread(now, what);
    return;
  }
  auto& subject = known->second;
  if (subject.who.who != who || what.refutation <= subject.refutation)
    return;
  if (subject.who.nonce != what.who.nonce) {
    ++counters_.messages_of_the_past; // of another process in the same life
    return;
  }
  subject.refutation = what.refutation;
  if (std::exchange(subject.who, what.who) != what.who)
    output_.changes.emplace_back(member_updated{what.who});
  if (subject.suspected && subject.suspected->refutation() < what.refutation)
    trust(now, subject);
  if (subject.suspected)
    return;
  spread(now, what);
}

void core::hear(time_point now, const peer& from, const suspect& what) {
  if (what.who == config_.self.who) {
    refute(now, what.refutation);
    return;
  }
  if (what.who.node == config_.self.who.node) {
    if (what.who.incarnation < config_.self.who.incarnation)
      correct(now, from, speak());
    return;
  }
  if (say_how_it_ended(now, from, what.who))
    return;
  const auto known = members_.find(what.who.node);
  if (known == members_.end() || known->second.who.who.incarnation < what.who.incarnation) {
    abstain(from, what.who);
    return;
  }
  auto* subject = &known->second;
  if (subject->who.who != what.who || what.refutation < subject->refutation)
    correct(now, from, alive{subject->who, subject->refutation});
  else
    accuse(now, *subject, what.voices, what.refutation);
}

void core::hear(time_point now, const peer& from, const failed& what) {
  if (what.who == config_.self.who) {
    refute(now, what.refutation);
    return;
  }
  if (say_how_it_ended(now, from, what.who) || ended_.find(what.who) != nullptr)
    return;
  if (auto* over = failed_.find(what.who.node)) {
    if (over->who.who != what.who) {
      end_failed(now, *over, member_over::why::restarted);
      spread(now, what);
    }
    return;
  }
  const auto known = members_.find(what.who.node);
  if (known == members_.end() || known->second.who.who.incarnation > what.who.incarnation)
    return;
  if (known->second.who.who != what.who) {
    // Whatever became of the later life, the earlier one is over.
    end(now, known, member_over::why::restarted);
    spread(now, what);
    return;
  }
  auto& subject = known->second;
  const auto refuted = subject.suspected ? subject.suspected->refutation() : subject.refutation;
  if (what.refutation < refuted) {
    if (what.refutation < subject.refutation) {
      ++counters_.verdicts_stale;
      correct(now, from, alive{subject.who, subject.refutation});
    }
    return;
  }
  if (!is_believed(now, what, subject)) {
    doubt(now, what, subject);
    return;
  }
  if (!subject.suspected)
    remember({what.who, now, {{what.accuser, evidence::hearsay, now}}, suspicion_report::outcome::failed, now}
    );
  subject.refutation = what.refutation;
  fail(now, known);
  spread(now, what);
}

/// The verdict of a node that may be deaf itself, about a member that this node hears, or of whom it has not
/// been known here for long that it is suspected, is one voice. Two of many members do not hear each other
/// for long although both live; a suspicion reaches its subject, which refutes it.
bool core::is_believed(time_point now, const failed& what, const known_member& subject) const {
  const auto heard = subject.spoke_at && now - *subject.spoke_at < times_.own_evidence();
  const auto could_refute = subject.suspected && now - subject.suspected->since() >= times_.own_evidence();
  return !heard && could_refute && is_trusted(what.accuser);
}

void core::doubt(time_point now, const failed& what, known_member& subject) {
  const auto is_news = !subject.suspected || !subject.suspected->has_voice_of(what.accuser);
  accuse(now, subject, {voice{what.accuser, evidence::hearsay}}, what.refutation);
  if (!is_news || !is_trusted(what.accuser))
    return;
  ++counters_.verdicts_doubted;
  look_myself(now, subject, true);
}

void core::hear(time_point now, const peer&, const left& what) {
  if (what.who.node == config_.self.who.node || ended_.find(what.who) != nullptr)
    return;
  using why = member_over::why;
  if (auto* over = failed_.find(what.who.node)) {
    if (over->who.who.incarnation > what.who.incarnation)
      return;
    // The verdict overtook the news: from now on those are told of a leave who have to hear of it.
    end_failed(now, *over, over->who.who == what.who ? why::left : why::restarted);
    ended_.bury(now, what.who, {}, why::left);
    spread(now, what);
    return;
  }
  const auto known = members_.find(what.who.node);
  if (known == members_.end()) {
    // Whoever is only now introduced by a late rumour has left before.
    ended_.bury(now, what.who, {}, why::left);
  } else if (known->second.who.who.incarnation <= what.who.incarnation) {
    // Of an earlier life it says at least that a later one has come, which is not met here any more.
    const auto is_this_life = known->second.who.who == what.who;
    end(now, known, is_this_life ? why::left : why::restarted);
    ended_.bury(now, what.who, {}, why::left);
    spread(now, what);
  }
}

void core::handle(time_point, const peer&, const gossip&) {}

/// News for everybody.
void core::spread(time_point now, rumour what) {
  if (!rumours_.put(std::move(what)))
    ++counters_.rumours_dropped;
  next_gossip_ = std::min(std::max(next_gossip_, now), now + times_.news_gap());
}

/// No news, but somebody has missed it.
void core::spread_again(time_point now, rumour what) {
  if (!rumours_.contains(subject_of(what).node))
    spread(now, std::move(what));
}

/// Somebody believes that this life is the latest one and may live or have failed. If it has left, or a later
/// one is known, it is told; else nothing is said, and the result is false.
bool core::say_how_it_ended(time_point now, const peer& mistaken, const peer& who) {
  if (const auto* ended = ended_.find(who); ended != nullptr && ended->reason == member_over::why::left) {
    correct(now, mistaken, left{ended->who});
    return true;
  }
  if (const auto later = members_.find(who.node);
      later != members_.end() && who.incarnation < later->second.who.who.incarnation) {
    correct(now, mistaken, alive{later->second.who, later->second.refutation});
    return true;
  }
  if (const auto* later = failed_.find(who.node);
      later != nullptr && who.incarnation < later->who.who.incarnation) {
    correct(now, mistaken, failed{later->who.who, later->refuted, config_.self.who});
    return true;
  }
  return false;
}

/// A life that is over for good speaks, or somebody believes in it.
void core::meet_ended_life(time_point now, const peer& who, ended_lives::life& ended) {
  ++counters_.messages_of_the_past;
  if (ended.told_at && now - *ended.told_at < times_.verdict_gap())
    return;
  ended.told_at = now;
  if (ended.reason == member_over::why::left) {
    spread_again(now, left{ended.who});
    return;
  }
  // Two processes with one node id: the later one has taken the other's place.
  if (const auto later = members_.find(who.node);
      later != members_.end() && later->second.who.where != ended.where)
    refuse(now, refusal::why::node_id_taken, {who, later->second.who.name, ended.where}, later->second.who);
}

/// Whoever has missed it is told at once, others in passing.
void core::correct(time_point now, const peer& mistaken, const rumour& what) {
  if (const auto* other = find(mistaken)) {
    output_.messages.push_back({other->who.who, {gossip{}, {what}}});
    ++counters_.messages_sent;
    ++counters_.rumours_sent;
  }
  spread_again(now, what);
}

/// To some that are trusted, and to some that are suspected, so that they can refute. Apart from each other:
/// were they chosen together, a survivor of many deaths would talk to the dead nearly always. All that are
/// trusted hear the same. Would each hear the next rumours of the queue, one of two members could miss half
/// of them for long when there are more than a datagram carries.
void core::gossip_now(time_point now) {
  const auto is_suspected = [this](const node_id& node) { return suspects_.contains(node); };
  const auto trusted = schedule_.sample(gossip_fanout, std::not_fn(is_suspected));
  const auto suspected = schedule_.sample(gossip_fanout, is_suspected);
  for (const auto& node : suspected)
    send(members_.at(node), gossip{});
  for (const auto& node : trusted)
    send(members_.at(node), gossip{}, node == trusted.back() ? static_cast<unsigned>(trusted.size()) : 0);
  next_gossip_ = now + (!trusted.empty() && rumours_.has_news() ? times_.news_gap() : times_.gossip_gap());
}

/// With whatever rumours fit beside it. Who is suspected is told so before all others (Lifeguard, section
/// IV-C: buddy system), and who may not know this node is told who speaks. The rumours count as said `times`
/// times, but not if they are said to a suspected member, because it may have failed.
void core::send(const known_member& to, content what, unsigned times) {
  message full{std::move(what), {}};
  auto bytes = encoded_size(full);
  auto add = [&](rumour one) {
    bytes += encoded_size(one);
    full.rumours.push_back(std::move(one));
  };
  if (!to.acquainted)
    add(speak());
  if (to.suspected)
    add(to.suspected->as_rumour());
  if (bytes < datagram_target) {
    const auto repetitions = rumour_queue::repetitions(cluster_size());
    auto others =
        rumours_.take(datagram_target - bytes, repetitions, to.who.who.node, to.suspected ? 0 : times);
    full.rumours.insert(
        full.rumours.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end())
    );
  }
  counters_.rumours_sent += full.rumours.size();
  ++counters_.messages_sent;
  output_.messages.push_back({to.who.who, std::move(full)});
}

} // namespace chorus::membership::swim
