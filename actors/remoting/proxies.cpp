#include "proxies.hpp"

#include "../caf17/node_name.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

/// Nodes without a data directory come back under new ids, so the table of lost ones grows with every
/// restart. Forgetting one is harmless: its link is closed, and nobody introduces it any more.
constexpr std::size_t lost_nodes = 65536;

} // namespace

proxies::entry proxies::find_or_make(
    caf::actor_system& system,
    const caf17::actor_reference& reference,
    const std::shared_ptr<caf17::gateway>& hub
) {
  caf::actor_config settings;
  std::unique_lock guard{mutex_};
  auto make = [&](std::shared_ptr<outbox> link) {
    return caf::make_actor<caf17::remote_actor, caf::strong_actor_ptr>(
        reference.actor,
        caf17::to_caf_node(reference.home),
        &system,
        settings,
        reference,
        std::move(link),
        hub
    );
  };
  if (auto home = nodes_.find(reference.home); home != nodes_.end())
    if (auto known = home->second.actors.find(reference.actor); known != home->second.actors.end())
      return {known->second, false};
  if (closed_ || is_lost(reference.home) || !has_room(reference.home)) {
    guard.unlock();
    auto actor = make(nullptr);
    kill(actor, errc::node_down);
    return {std::move(actor), false};
  }
  auto& home = nodes_[reference.home];
  auto actor = make(home.link);
  home.actors.emplace(reference.actor, actor);
  return {std::move(actor), true};
}

std::vector<std::uint64_t> proxies::set_link(const peer& who, std::shared_ptr<outbox> link) {
  std::lock_guard guard{mutex_};
  if (is_lost(who)) // this node has begun a new life, for which that one is here again
    lost_.erase(who.node);
  auto& home = nodes_[who];
  home.link = std::move(link);
  std::vector<std::uint64_t> actors;
  for (auto& [id, actor] : home.actors)
    actors.push_back(id);
  return actors;
}

std::shared_ptr<outbox> proxies::link_of(const peer& who) const {
  std::lock_guard guard{mutex_};
  auto position = nodes_.find(who);
  return position == nodes_.end() ? nullptr : position->second.link;
}

void proxies::end(const caf17::actor_reference& reference, caf::error reason) {
  caf::strong_actor_ptr actor;
  {
    std::lock_guard guard{mutex_};
    auto home = nodes_.find(reference.home);
    if (home == nodes_.end())
      return;
    auto position = home->second.actors.find(reference.actor);
    if (position == home->second.actors.end())
      return;
    actor = std::move(position->second);
    home->second.actors.erase(position);
  }
  kill(actor, std::move(reason));
}

void proxies::lose(const peer& who, const caf::error& reason) {
  node gone;
  {
    std::lock_guard guard{mutex_};
    if (lost_.size() >= lost_nodes && !lost_.contains(who.node))
      lost_.erase(lost_.begin());
    auto& latest = lost_[who.node];
    latest = std::max(latest, who.incarnation);
    if (auto position = nodes_.find(who); position != nodes_.end()) {
      gone = std::move(position->second);
      nodes_.erase(position);
    }
  }
  for (auto& [id, actor] : gone.actors)
    kill(actor, reason);
}

std::vector<peer> proxies::earlier_lives(const peer& who) const {
  std::lock_guard guard{mutex_};
  std::vector<peer> found;
  for (auto i = nodes_.lower_bound({who.node, {}}); i != nodes_.end() && i->first < who; ++i)
    found.push_back(i->first);
  return found;
}

std::vector<peer> proxies::close() {
  std::lock_guard guard{mutex_};
  closed_ = true;
  std::vector<peer> homes;
  for (auto& [who, home] : nodes_)
    homes.push_back(who);
  return homes;
}

void proxies::kill(const caf::strong_actor_ptr& actor, caf::error reason) {
  static_cast<caf17::remote_actor*>(actor->get())->kill_proxy(nullptr, std::move(reason));
}

bool proxies::has_room(const peer& who) const {
  if (auto home = nodes_.find(who); home != nodes_.end())
    return home->second.actors.size() < actors_per_node;
  auto without_link =
      std::count_if(nodes_.begin(), nodes_.end(), [](auto& item) { return !item.second.link; });
  return static_cast<std::size_t>(without_link) < nodes_without_link;
}

bool proxies::is_lost(const peer& who) const {
  auto position = lost_.find(who.node);
  return position != lost_.end() && who.incarnation <= position->second;
}

} // namespace chorus
