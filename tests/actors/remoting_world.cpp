#include "remoting_world.hpp"

#include "../../actors/caf17/node_name.hpp"

#include <chorus/runtime/limits.hpp>

#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

peer node(std::size_t index) {
  return {{0, index + 1}, {1}};
}

/// Kept for all worlds, because a system costs threads. Never destroyed: CAF keeps a logger in a thread-local
/// variable, which is gone when the main thread's statics are.
caf::actor_system& system_of(std::size_t index) {
  struct named_system {
    caf::actor_system_config settings;
    caf::actor_system content{settings};
  };
  static auto& systems = *new std::vector<std::unique_ptr<named_system>>;
  while (systems.size() <= index) {
    systems.push_back(std::make_unique<named_system>());
    caf17::set_node(systems.back()->content, node(systems.size() - 1));
  }
  return systems[index]->content;
}

} // namespace

void remoting_world::thing::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  const auto& content = what->content();
  if (content.match_elements<caf::strong_actor_ptr>())
    home_.hands.push_back(content.get_as<caf::strong_actor_ptr>(0));
  else if (content.match_elements<caf::exit_msg>())
    home_.seen.push_back("exit " + to_string(content.get_as<caf::exit_msg>(0).reason));
  else if (content.match_elements<caf::down_msg>())
    home_.seen.push_back("down " + to_string(content.get_as<caf::down_msg>(0).reason));
  else if (content.match_elements<caf::error>())
    home_.seen.push_back("error " + to_string(content.get_as<caf::error>(0)));
  else
    home_.seen.push_back("message");
}

void remoting_world::thing::on_destroy() {
  cleanup(caf::exit_reason::unreachable, nullptr);
  --home_.actors;
}

remoting_world::host::host(caf::actor_system& in, const peer& who)
    : self(who), system(in), flow(std::make_shared<flow_control>([](time_point) {})),
      remote(std::make_shared<remoting>(
          in,
          who,
          flow,
          remoting::hooks{
              [this](const remoting::trouble& what) {
                if (what.what == remoting::trouble::kind::hopeless_link)
                  given_up.push_back(what.other);
              },
              [this](auto task) { deferred.push_back(std::move(task)); },
              [](auto) {},
              [](auto) { return false; },
              nullptr,
              [this](const peer& other) {
                if (lost.contains(other))
                  deferred.emplace_back([this, other] { remote->lose(other, {errc::node_down, "lost"}); });
              }}
      )) {}

remoting_world::remoting_world(std::size_t nodes) {
  for (std::size_t index = 0; index < nodes; ++index)
    hosts_.push_back(std::make_unique<host>(system_of(index), node(index)));
}

remoting_world::~remoting_world() {
  for (auto& one : hosts_)
    std::exchange(one->hands, {}).clear();
  for (auto& one : hosts_) {
    one->remote->stop();
    one->flow->stop();
  }
}

void remoting_world::connect(std::size_t one, std::size_t other, std::size_t room, std::size_t reserve) {
  for (auto [from, to] : {std::pair{one, other}, std::pair{other, one}}) {
    auto make = [&] { return std::make_shared<outbox>(room, reserve, [] {}); };
    remote_node::outboxes link{make(), make()};
    at(from).links[at(to).self] = link;
    at(from).lost.erase(at(to).self);
    at(from).remote->add_link(at(to).self, link);
  }
}

void remoting_world::connect_all() {
  for (std::size_t one = 0; one < size(); ++one)
    for (std::size_t other = one + 1; other < size(); ++other)
      connect(one, other);
}

caf::strong_actor_ptr remoting_world::spawn(std::size_t where) {
  caf::actor_config settings;
  auto& home = at(where);
  ++home.actors;
  return caf::make_actor<thing, caf::strong_actor_ptr>(
      home.system.next_actor_id(), home.system.node(), &home.system, settings, home
  );
}

void remoting_world::collect() {
  for (std::size_t from = 0; from < size(); ++from) {
    for (auto& task : std::exchange(at(from).deferred, {}))
      task();
    for (auto& [who, link] : at(from).links)
      for (auto& box : {link.handles, link.actors})
        for (auto& message : box->take().messages) {
          box->release(message.payload.size() + link::message_overhead);
          auto to = static_cast<std::size_t>(who.node.low - 1);
          under_way_[{from, to}][{message.channel, message.pair}].push_back(std::move(message.payload));
        }
  }
}

/// What a link may deliver next: of a sender, what has no receiver comes last.
std::vector<std::pair<remoting_world::way, remoting_world::lane>> remoting_world::next() {
  collect();
  std::vector<std::pair<way, lane>> all;
  for (auto& [direction, lanes] : under_way_)
    for (auto& [which, messages] : lanes) {
      auto after = lanes.upper_bound(which);
      auto has_another = after != lanes.end() && after->first.channel == which.channel
                         && after->first.pair.sender == which.pair.sender;
      if (which.pair.receiver != 0 || !has_another)
        all.emplace_back(direction, which);
    }
  return all;
}

bool remoting_world::deliver_one(std::size_t choice) {
  auto candidates = next();
  if (candidates.empty())
    return false;
  auto [direction, which] = candidates[choice % candidates.size()];
  deliver(direction, which);
  return true;
}

bool remoting_world::deliver_first(const std::function<bool(const lane&)>& is_meant) {
  for (auto& [direction, which] : next())
    if (is_meant(which)) {
      deliver(direction, which);
      return true;
    }
  return false;
}

void remoting_world::deliver(way direction, lane which) {
  auto& lanes = under_way_[direction];
  auto& messages = lanes[which];
  auto payload = std::move(messages.front());
  messages.pop_front();
  if (messages.empty())
    lanes.erase(which);
  auto cost = payload.size() + link::message_overhead;
  at(direction.to)
      .remote->deliver(at(direction.from).self, {which.pair, std::move(payload), cost, which.channel});
}

void remoting_world::deliver_all() {
  while (deliver_one())
    ;
}

void remoting_world::settle() {
  for (auto changed = true; changed;) {
    deliver_all();
    std::vector<remoting::sizes> before;
    for (auto& one : hosts_)
      before.push_back(one->remote->size());
    // Two rounds: what was used since the last one is spared once.
    for (auto round = 0; round < 2; ++round)
      for (auto& one : hosts_)
        one->remote->sweep(now);
    deliver_all();
    changed = false;
    for (std::size_t index = 0; index < size(); ++index) {
      auto after = at(index).remote->size();
      changed |= after.exported != before[index].exported || after.proxies != before[index].proxies;
    }
  }
}

void remoting_world::lose(std::size_t at_index, std::size_t lost) {
  auto who = at(lost).self;
  under_way_.erase({lost, at_index});
  under_way_.erase({at_index, lost});
  at(at_index).links.at(who).handles->close();
  at(at_index).links.at(who).actors->close();
  at(at_index).lost.insert(who);
  at(at_index).remote->lose(who, {errc::node_down, "lost"});
  at(at_index).links.erase(who);
}

} // namespace chorus
