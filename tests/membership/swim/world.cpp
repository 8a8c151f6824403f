#include "world.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::membership::swim {

namespace {

address at_host(const std::string& host) {
  return {host, 4000};
}

std::string brief(const member& who) {
  return who.name + '/' + to_string(who.who.incarnation);
}

struct notice_key {
  std::string operator()(const refusal_received& what) const {
    if (what.content.reason == refusal::why::unreachable)
      return "told unreachable";
    return what.gives_up_in > duration::zero() ? "refused" : "waits on";
  }
  std::string operator()(const refusal_sent& what) const {
    return what.content.reason == refusal::why::unreachable ? "found unreachable" : "refuses";
  }
  std::string operator()(const seed_is_self&) const { return "seed is self"; }
};

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

} // namespace

void world::start(const process& what) {
  auto& life = lives_[what.number];
  if (!what.is_twin)
    life = life.next();
  const peer who{{0, what.number}, life};
  core swim{
      now_,
      {.self = {who, what.name, at_host(what.host), what.about, chance_.next()}, .seed = chance_.next()}};
  for (const auto& seed : what.seeds)
    swim.apply(now_, add_seed{at_host(seed)});
  auto& actor = nodes_[what.host];
  if (actor.deadline)
    ticks_.erase({*actor.deadline, what.host});
  actor = {};
  actor.what = what;
  actor.who = who;
  actor.swim.emplace(std::move(swim));
  perform(actor);
}

void world::start(const std::string& host, const std::vector<std::string>& seeds) {
  const auto number = numbers_.try_emplace(host, numbers_.size() + 1).first->second;
  start({host, host, number, seeds});
}

void world::crash(const std::string& host) {
  const auto dead = nodes_.at(host).who;
  nodes_.at(host).swim.reset();
  for (const auto& [name, other] : nodes_)
    if (other.swim && other.links.contains(dead) && !cuts_.contains({host, name}))
      under_way_.emplace(now_ + network.delay_at_most, arrival{name, {}, {}, connection_lost{dead}});
}

void world::vanish(const std::string& host) {
  nodes_.at(host).swim.reset();
  nodes_.at(host).vanished = true;
}

void world::leave(const std::string& host) {
  apply(host, membership::leave{});
  crash(host);
}

void world::give_up_link(const std::string& host, const std::string& to) {
  apply(host, unreachable{nodes_.at(to).who});
}

void world::tell(const std::string& host, const peer& from, const message& what) {
  deliver({host, from, shared_bytes{wire::encode(what).head}, {}});
}

void world::break_connection(const std::string& host, const std::string& to) {
  apply(host, connection_lost{nodes_.at(to).who});
}

void world::say(const std::string& host, const metadata& about) {
  apply(host, update{about});
}

void world::pause(const std::string& host) {
  nodes_.at(host).paused = true;
}

void world::resume(const std::string& host) {
  auto& actor = nodes_.at(host);
  actor.paused = false;
  // As in a real process: the timer is overdue and the socket is full, and the timer comes first.
  actor.swim->tick(now_);
  perform(actor);
  for (auto& [from, datagram] : std::exchange(actor.waiting, {}))
    deliver({host, from, datagram, {}});
}

void world::cut(const std::string& from, const std::string& to) {
  cuts_.insert({from, to});
}

void world::part(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  for (const auto& one : some)
    for (const auto& other : others) {
      cut(one, other);
      cut(other, one);
    }
}

void world::reject(const std::string& from, const std::string& to) {
  rejected_.insert({from, to});
}

void world::heal() {
  cuts_.clear();
  rejected_.clear();
}

void world::run_for(duration time) {
  for (auto end = now_ + time; step(end);)
    ;
}

bool world::is_whole() const {
  std::vector<member> everybody;
  for (const auto& [host, actor] : nodes_)
    if (actor.swim)
      everybody.push_back(actor.swim->self());
  std::ranges::sort(everybody, {}, &member::who);
  for (const auto& [host, actor] : nodes_) {
    if (!actor.swim)
      continue;
    auto seen_here = actor.swim->members();
    seen_here.push_back(actor.swim->self());
    std::ranges::sort(seen_here, {}, &member::who);
    if (seen_here != everybody)
      return false;
  }
  return true;
}

bool world::is_calm() const {
  for (const auto& [host, actor] : nodes_)
    if (actor.swim)
      for (const auto& other : actor.swim->members())
        if (actor.swim->is_suspected(other.who.node))
          return false;
  return is_whole();
}

std::string world::view_of(const std::string& host) const {
  std::vector<std::string> words;
  for (const auto& who : at(host).members())
    words.push_back(brief(who));
  return join(words);
}

std::string world::views() const {
  std::string text;
  for (const auto& [host, actor] : nodes_)
    if (actor.swim)
      text += '\n' + brief(actor.swim->self()) + ": " + view_of(host);
  return text;
}

std::string world::story_of(const std::string& host) {
  return join(std::exchange(nodes_.at(host).story, {}));
}

std::vector<world::said> world::notices_of(const std::string& host) const {
  return nodes_.at(host).notices;
}

void world::forget_stories() {
  for (auto& [host, actor] : nodes_)
    actor.story.clear();
  counts_.clear();
}

int world::count(const std::string& what) const {
  const auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

bool world::step(time_point end) {
  const auto arrives = under_way_.empty() ? end : under_way_.begin()->first;
  const auto ticks = ticks_.empty() ? end : ticks_.begin()->first;
  if (std::min(arrives, ticks) >= end) {
    now_ = end;
    return false;
  }
  now_ = std::max(now_, std::min(arrives, ticks));
  if (arrives <= ticks) {
    auto what = std::move(under_way_.begin()->second);
    under_way_.erase(under_way_.begin());
    deliver(std::move(what));
    return true;
  }
  auto& actor = nodes_.at(ticks_.begin()->second);
  if (actor.swim && !actor.paused) {
    actor.swim->tick(now_);
    perform(actor);
  } else {
    ticks_.erase(ticks_.begin());
    actor.deadline.reset();
  }
  return true;
}

void world::apply(const std::string& host, const input& what) {
  auto& actor = nodes_.at(host);
  actor.swim->apply(now_, what);
  perform(actor);
}

void world::perform(node& actor) {
  struct host {
    world& all;
    node& actor;

    void tell(std::string key, std::string text) {
      ++all.counts_[std::move(key)];
      actor.story.push_back(std::move(text));
    }

    void operator()(const member_up& what) {
      actor.links[what.who.who] = what.who.where.host;
      tell("up", '+' + brief(what.who));
    }
    void operator()(const member_failed& what) {
      actor.links.erase(what.who.who);
      tell("failed", '-' + brief(what.who) + ":failed");
    }
    void operator()(const member_over& what) {
      actor.links.erase(what.who.who);
      const std::string reason{to_string(what.reason)};
      tell(reason, '-' + brief(what.who) + ':' + reason);
    }
    void operator()(const member_suspected& what) { tell("suspected", '?' + brief(what.who)); }
    void operator()(const member_trusted& what) { tell("trusted", '!' + brief(what.who)); }
    void operator()(const member_updated& what) {
      actor.links[what.who.who] = what.who.where.host;
      tell("updated", '~' + brief(what.who));
    }
    void operator()(const expelled& what) {
      tell("expelled", "expelled by " + std::to_string(what.by.size()));
    }
    void operator()(const rejected& what) { tell("rejected", "rejected: " + what.reason); }
    void operator()(const seed_silent&) { ++all.counts_["seed_silent"]; }
    void operator()(const notice& what) {
      ++all.counts_[std::visit(notice_key{}, what)];
      actor.notices.push_back({all.now_, what});
    }
    void operator()(const try_connection& what) { all.connect(actor, what); }
    void operator()(const transmit<message>& what) {
      CHORUS_CHECK(actor.links.contains(what.to), "a message to a member without a link");
      all.send(actor, actor.links.at(what.to), what.message);
    }
    void operator()(const contact<message>& what) { all.send(actor, what.to.host, what.message); }
    void operator()(const reply<message>& what) { all.answer(actor, what); }
  };

  host visitor{*this, actor};
  for (auto output = actor.swim->drain(); !output.empty(); output = actor.swim->drain())
    output.for_each_step(visitor);
  if (actor.deadline)
    ticks_.erase({*actor.deadline, actor.what.host});
  actor.deadline = actor.swim->next_deadline();
  if (actor.deadline)
    ticks_.insert({*actor.deadline, actor.what.host});
}

void world::send(const node& from, const std::string& host, const message& what) {
  carry(from, host, what, {from.what.host, host});
}

/// Whoever cannot connect to somebody can answer over the connection that the other has made.
void world::answer(const node& from, const reply<message>& what) {
  for (const auto& [host, other] : nodes_)
    if (other.swim && other.who == what.to)
      return carry(from, host, what.message, {host, from.what.host});
}

void world::carry(
    const node& from, const std::string& host, const message& what, const direction& connection
) {
  const shared_bytes datagram{wire::encode(what).head};
  ++seen.sent;
  seen.bytes += datagram.size();
  if (cuts_.contains(connection)) {
    ++seen.cut;
    return;
  }
  auto copies = 1;
  if (chance_.chance(network.doubling)) {
    ++seen.doubled;
    ++copies;
  }
  for (auto copy = 0; copy < copies; ++copy) {
    if (chance_.chance(network.loss)) {
      ++seen.lost;
      continue;
    }
    const auto delay = chance_.duration_between(network.delay_at_least, network.delay_at_most);
    under_way_.emplace(now_ + delay, arrival{host, from.who, datagram, {}});
  }
}

void world::connect(const node& from, const try_connection& what) {
  const auto outcome = connect_to(from.what.host, what.where.host);
  // A refusal is quick, a connection takes a round trip, and no answer takes as long as one waits.
  const auto after = outcome == connection_tried::outcome::no_answer ? std::chrono::milliseconds{500}
                                                                     : 2 * network.delay_at_most;
  under_way_.emplace(now_ + after, arrival{from.what.host, {}, {}, connection_tried{what.who, outcome}});
}

connection_tried::outcome world::connect_to(const std::string& from, const std::string& host) const {
  using outcome = connection_tried::outcome;
  if (rejected_.contains({from, host}))
    return outcome::refused;
  const auto other = nodes_.find(host);
  if (other == nodes_.end() || other->second.vanished || cuts_.contains({from, host})
      || cuts_.contains({host, from}))
    return outcome::no_answer;
  return other->second.swim ? outcome::open : outcome::refused;
}

void world::deliver(arrival what) {
  const auto found = nodes_.find(what.to);
  if (found == nodes_.end() || !found->second.swim)
    return;
  auto& actor = found->second;
  if (what.news) {
    actor.swim->apply(now_, *what.news);
    perform(actor);
    return;
  }
  if (actor.paused) {
    actor.waiting.emplace_back(what.from, std::move(what.datagram));
    return;
  }
  const auto decoded = wire::decode(what.datagram);
  CHORUS_CHECK(decoded, "a datagram that nobody can read");
  actor.swim->receive(now_, what.from, *decoded);
  perform(actor);
}

} // namespace chorus::membership::swim
