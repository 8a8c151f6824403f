#include "mesh_world.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::membership::full_mesh {

namespace {

address at_host(const std::string& host) {
  return {host, 4000};
}

std::string brief(const member& who) {
  return who.where.host + '/' + to_string(who.who.incarnation);
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

} // namespace

member someone(const std::string& name, std::uint64_t number, std::uint64_t life) {
  return {{{0, number}, {life}}, name, at_host(name)};
}

void mesh_world::start(const process& what) {
  auto& life = lives_[what.number];
  life = life.next();
  peer who{{0, what.number}, life};
  core mesh{now_, {.self = {who, what.name, at_host(what.host)}, .seed = chance_.next(), .contacts = {}}};
  for (const auto& seed : what.seeds)
    mesh.apply(now_, add_seed{at_host(seed)});
  nodes_[what.host] = node{what, who, std::move(mesh), false, {}, {}};
}

void mesh_world::start(const std::string& letter, const std::vector<std::string>& seeds) {
  start({letter, letter, static_cast<std::uint64_t>(letter.front() - 'a' + 1), seeds});
}

void mesh_world::crash(const std::string& host) {
  nodes_.at(host).mesh.reset();
}

void mesh_world::leave(const std::string& host) {
  auto& actor = nodes_.at(host);
  actor.mesh->apply(now_, membership::leave{});
  perform(actor);
  actor.mesh.reset();
}

void mesh_world::lose_link(const std::string& host, const std::string& to) {
  auto& actor = nodes_.at(host);
  actor.mesh->apply(now_, link_lost{nodes_.at(to).who});
  perform(actor);
}

void mesh_world::pause(const std::string& host) {
  nodes_.at(host).paused = true;
}

void mesh_world::resume(const std::string& host) {
  auto& actor = nodes_.at(host);
  actor.paused = false;
  // As in a real process: the timer is overdue and the socket is full, and the timer comes first.
  actor.mesh->tick(now_);
  perform(actor);
  for (auto& [from, content] : std::exchange(actor.waiting, {})) {
    actor.mesh->receive(now_, from, content);
    perform(actor);
  }
}

void mesh_world::cut(const std::string& from, const std::string& to) {
  cuts_.insert({from, to});
}

void mesh_world::part(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  for (const auto& one : some)
    for (const auto& other : others) {
      cut(one, other);
      cut(other, one);
    }
}

void mesh_world::heal() {
  cuts_.clear();
}

void mesh_world::run_for(duration time) {
  for (auto end = now_ + time; step(end);)
    ;
}

bool mesh_world::is_whole() const {
  for (const auto& [host, actor] : nodes_) {
    if (!actor.mesh)
      continue;
    std::vector<member> others;
    for (const auto& [other_host, other] : nodes_)
      if (other.mesh && other_host != host)
        others.push_back(other.mesh->self());
    std::ranges::sort(others, {}, [](const member& who) { return who.who; });
    if (actor.mesh->members() != others)
      return false;
  }
  return true;
}

std::string mesh_world::view_of(const std::string& host) const {
  std::vector<std::string> words;
  for (const auto& who : at(host).members())
    words.push_back(brief(who));
  return join(words);
}

std::string mesh_world::story_of(const std::string& host) {
  return join(std::exchange(nodes_.at(host).story, {}));
}

int mesh_world::count(const std::string& what) const {
  auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

const core& mesh_world::at(const std::string& host) const {
  return *nodes_.at(host).mesh;
}

bool mesh_world::step(time_point end) {
  auto tick = next_tick();
  auto arrival = under_way_.begin();
  auto has_arrival = arrival != under_way_.end();
  auto next = has_arrival ? (tick ? std::min(tick->first, arrival->first) : arrival->first)
                          : (tick ? tick->first : end);
  if (next >= end) {
    now_ = end;
    return false;
  }
  now_ = std::max(now_, next);
  if (has_arrival && arrival->first <= now_) {
    auto what = std::move(arrival->second);
    under_way_.erase(arrival);
    deliver(std::move(what));
  } else {
    auto& actor = nodes_.at(tick->second);
    actor.mesh->tick(now_);
    perform(actor);
  }
  return true;
}

std::optional<std::pair<time_point, std::string>> mesh_world::next_tick() const {
  std::optional<std::pair<time_point, std::string>> next;
  for (const auto& [host, actor] : nodes_)
    if (actor.mesh && !actor.paused)
      if (auto deadline = actor.mesh->next_deadline(); deadline && (!next || *deadline < next->first))
        next = {*deadline, host};
  return next;
}

void mesh_world::perform(node& actor) {
  struct host {
    mesh_world& world;
    node& actor;

    void tell(std::string key, const std::string& text) {
      ++world.counts_[std::move(key)];
      actor.story.push_back(text);
    }

    void operator()(member_up what) { tell("up", '+' + brief(what.who)); }
    void operator()(member_down what) {
      tell(
          std::string{to_string(what.reason)},
          '-' + brief(what.who) + ':' + std::string{to_string(what.reason)}
      );
    }
    void operator()(declared_failed) {
      tell("declared_failed", "declared_failed");
      auto& life = world.lives_[actor.what.number];
      life = life.next();
      actor.who.incarnation = life;
      actor.mesh->apply(world.now_, new_life{life});
    }
    void operator()(rejected what) { tell("rejected", "rejected: " + what.reason); }
    void operator()(const seed_silent&) { ++world.counts_["seed_silent"]; }
    void operator()(const transmit<message>& what) {
      for (const auto& [name, other] : world.nodes_)
        if (other.who == what.to)
          world.send(actor, name, what.message);
    }
    void operator()(const contact<message>& what) { world.send(actor, what.to.host, what.message); }
  };

  host visitor{*this, actor};
  for (auto output = actor.mesh->drain(); !output.empty(); output = actor.mesh->drain())
    output.for_each_step(visitor);
}

void mesh_world::send(const node& from, const std::string& host, const message& content) {
  if (cuts_.contains({from.what.host, host})) {
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
    auto arrival = now_ + chance_.duration_between(network.delay_at_least, network.delay_at_most);
    under_way_.emplace(arrival, datagram{host, ++written_, from.who, content});
  }
}

void mesh_world::deliver(datagram what) {
  auto found = nodes_.find(what.to);
  if (found == nodes_.end() || !found->second.mesh)
    return;
  auto& newest = newest_[{to_string(what.from), what.to}];
  if (what.written < newest)
    ++seen.overtaken;
  newest = std::max(newest, what.written);
  auto& actor = found->second;
  if (actor.paused) {
    actor.waiting.emplace_back(what.from, std::move(what.content));
    return;
  }
  actor.mesh->receive(now_, what.from, what.content);
  perform(actor);
}

} // namespace chorus::membership::full_mesh
