#include "handle_trial.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using kind = handle_message::kind;

namespace {

/// Messages of one pair stay in order.
std::pair<std::uint64_t, std::uint64_t> pair_of(const handle_message& message) {
  constexpr auto of_the_node = ~std::uint64_t{0};
  switch (message.what) {
  case kind::held:
  case kind::introduced:
  case kind::forgotten:
  case kind::moved:
  case kind::cut:
  case kind::unreachable:
    return {of_the_node, of_the_node - 1};
  case kind::release:
    return {of_the_node, of_the_node - 2};
  default:
    return {message.sender, message.receiver};
  }
}

template <class Content>
const Content& any_of(const std::vector<Content>& all, random_generator& chance) {
  return all[chance.below(all.size())];
}

} // namespace

// -- the accounts ----------------------------------------------------------------------------------------

void handle_accounts::executed(std::uint64_t request) {
  auto& known = requests_[request];
  known.was_executed = true;
  if (known.is_denied)
    broken("request " + std::to_string(request) + " runs although it was told not to");
}

void handle_accounts::ended(std::uint64_t request, requests::request_fate fate) {
  auto& known = requests_[request];
  if (known.is_over)
    broken("request " + std::to_string(request) + " has ended twice");
  known.is_over = true;
  known.is_denied = fate == requests::request_fate::not_executed;
  if (known.is_denied && known.was_executed)
    broken("request " + std::to_string(request) + " ran and was said not to have");
  if (fate == requests::request_fate::executed && !known.was_executed)
    broken("request " + std::to_string(request) + " was said to have run, and nobody has it");
}

void handle_accounts::forgotten(const handles::actor_name& requester) {
  for (auto& [number, known] : requests_)
    if (known.by == requester)
      known.is_of_nobody = true;
}

std::uint64_t handle_accounts::open() const {
  auto found = std::ranges::find_if(requests_, [](auto& item) {
    return !item.second.is_over && !item.second.is_of_nobody;
  });
  return found == requests_.end() ? 0 : found->first;
}

// -- the nodes and what is between them --------------------------------------------------------------------

handle_trial::handle_trial(simulation::world& around) : around_(around), chance_(around.split_chance()) {
  around.watch(accounts_);
  relations_end_ = chance_.chance(0.7);
  auto count = 2 + chance_.below(7);
  latest_relation_.resize(count);
  for (std::size_t index = 0; index < count; ++index)
    nodes_.push_back(std::make_unique<handle_node>(*this, peer{{0, index + 1}, {1}}));
  for (std::size_t one = 0; one < count; ++one)
    for (std::size_t other = one + 1; other < count; ++other)
      connect(one, other);
}

handle_trial::~handle_trial() {
  for (auto& node : nodes_) // handles of one node may lie in another one's tables
    node->stop();
}

void handle_trial::connect(std::size_t one, std::size_t other) {
  auto made = std::make_shared<connection>();
  connections_[{one, other}] = made;
  auto at = 0;
  for (auto index : {one, other}) {
    auto& begun = made->sides[at];
    begun.node = index;
    latest_relation_[index] = begun.number = latest_relation_[index].next();
    begun.begins = around_.now() + (relations_end_ ? chance_.duration_between(1ms, 100ms) : duration{});
    by_number_[{index, begun.number}] = {made, at};
    around_.events().at(begun.begins, [this, made, at] {
      auto& here = made->sides[at];
      here.is_up = true;
      nodes_[here.node]->open(nodes_[made->sides[1 - at].node]->self(), here.number);
    });
    ++at;
  }
}

/// The relation ends for one side, and some time later for the other one.
void handle_trial::end(const connection_ptr& which, int at) {
  auto& here = which->sides[at];
  if (here.is_over || !here.is_up)
    return;
  here.is_over = true;
  here.is_up = false;
  nodes_[here.node]->end(here.number);
  auto& there = which->sides[1 - at];
  if (there.is_over) {
    auto one = which->sides[0].node;
    auto other = which->sides[1].node;
    around_.events().after(chance_.duration_between(0ms, 500ms), [this, one, other] { connect(one, other); });
    return;
  }
  auto told = std::max(around_.now(), there.begins) + chance_.duration_between(1ms, 200ms);
  around_.events().at(told, [this, which, at] { end(which, 1 - at); });
}

void handle_trial::send(handle_node& from, relation_number under, handle_message message, bool may_wait) {
  auto [which, at] = by_number_.at({index_of(from), under});
  std::pair order{at, pair_of(message)};
  auto held_up = may_wait && chance_.chance(0.2) ? chance_.duration_between(1ms, 1s) : duration{};
  auto& leaves = which->latest_leave[order];
  leaves = std::max(leaves, around_.now() + held_up);
  ++under_way_;
  auto arrive = [this, which = which, at = at, message] {
    --under_way_;
    auto& there = which->sides[1 - at];
    if (there.is_up)
      nodes_[there.node]->receive(there.number, message);
  };
  auto leave = [this, which = which, at = at, order, message, arrive] {
    auto& here = which->sides[at];
    auto& there = which->sides[1 - at];
    if (here.is_over) {
      --under_way_;
      return nodes_[here.node]->bounce(here.number, nodes_[there.node]->self(), message);
    }
    auto& arrives = which->latest_arrival[order];
    auto way = around_.now() + chance_.duration_between(100us, chance_.chance(0.1) ? 300ms : 10ms);
    arrives = std::max({arrives, way, there.begins});
    around_.events().at(arrives, arrive);
  };
  if (leaves > around_.now())
    around_.events().at(leaves, leave);
  else
    leave();
}

void handle_trial::ended(std::uint64_t request, requests::request_fate fate) {
  met("request " + to_string(fate));
  accounts_.ended(request, fate);
}

void handle_trial::found_ended(const handles::actor_name& actor) {
  if (!relations_end_ && !killed_.contains(actor))
    accounts_.fault(
        "actor " + std::to_string(actor.actor) + " of " + to_string(actor.home)
        + " has ended while somebody had a handle"
    );
}

// -- work ------------------------------------------------------------------------------------------------

void handle_trial::work(random_generator& chance) {
  if (relations_end_ && chance.chance(0.01))
    disturb(chance);
  act(*nodes_[chance.below(nodes_.size())], chance);
}

void handle_trial::disturb(random_generator& chance) {
  auto which =
      std::next(connections_.begin(), static_cast<std::ptrdiff_t>(chance.below(connections_.size())));
  end(which->second, static_cast<int>(chance.below(2)));
}

void handle_trial::act(handle_node& at, random_generator& chance) {
  auto dice = chance.below(100);
  if (at.hands.empty() || dice < 10) {
    at.spawn();
  } else if (dice < 20) {
    at.send(nodes_[chance.below(nodes_.size())]->self(), any_of(at.hands, chance));
  } else if (dice < 40) {
    auto receiver = any_of(at.hands, chance);
    at.send(receiver, any_of(at.hands, chance));
  } else if (dice < 60 || at.hands.size() > 20) {
    auto dropped = at.hands.begin() + static_cast<std::ptrdiff_t>(chance.below(at.hands.size()));
    auto last = std::move(*dropped);
    at.hands.erase(dropped);
  } else if (dice < 62) {
    at.end_actor(thing_handle{any_of(at.hands, chance)});
  } else if (dice < 75) {
    auto requester = any_of(at.hands, chance);
    if (requester->name.home != at.self() || requester->is_dead)
      return;
    accounts_.asked(++last_request_, requester->name);
    at.ask(thing_handle{any_of(at.hands, chance)}, requester, last_request_);
  } else if (dice < 90 && !at.inbox.empty()) {
    auto which = chance.below(at.inbox.size());
    if (chance.chance(0.6))
      at.delegate(which, thing_handle{any_of(at.hands, chance)});
    else
      at.answer(which);
  } else {
    at.sweep();
  }
}

// -- the end -----------------------------------------------------------------------------------------------

void handle_trial::settle() {
  go_on();
}

/// Answers and releases until nothing happens any more.
void handle_trial::go_on() {
  auto was_quiet = under_way_ == 0;
  for (auto& node : nodes_) {
    while (!node->inbox.empty()) {
      was_quiet = false;
      node->answer(0);
    }
    node->sweep();
  }
  quiet_rounds_ = was_quiet && under_way_ == 0 ? quiet_rounds_ + 1 : 0;
  if (quiet_rounds_ < 4) {
    around_.events().after(500ms, [this] { go_on(); });
    return;
  }
  look();
  is_done_ = true;
}

void handle_trial::look() {
  if (auto request = accounts_.open())
    return accounts_.fault("request " + std::to_string(request) + " has not ended");
  std::set<handles::actor_name> held;
  for (auto& node : nodes_) {
    if (auto wrong = node->fault_at_rest(); !wrong.empty())
      return accounts_.fault(wrong + " at " + to_string(node->self()));
    for (auto& each : node->hands)
      if (!each->is_dead)
        held.insert(each->name);
  }
  for (auto& name : held)
    if (!nodes_[name.home.node.low - 1]->lives(name.actor))
      return accounts_.fault("somebody has a handle of an actor that has ended, and was not told");
  for (auto& node : nodes_)
    for (auto number : node->living())
      if (!held.contains({node->self(), number}))
        return accounts_.fault("an actor lives although nobody has a handle");
}

std::vector<std::string> expected_of_handles() {
  return {
      "handle of a node out of reach",
      "handle that came after its actor's end",
      "held for a giver whose relation has ended",
      "hold overtaken by its release",
      "introduction settled by the end of the way home",
      "introduction settled by the home's acknowledgement",
      "introduction to an actor that had ended",
      "release of a handle of an actor that had ended",
      "request came home",
      "request cut off",
      "request ended with a relation",
      "request executed",
      "request moved across the end of a relation",
      "request moved out of reach",
      "request not_executed",
      "request to an actor that had ended",
      "request unknown",
      "requester out of reach",
      "requester out of reach after its request came",
      "taken back after the next relation began"};
}

} // namespace chorus::testing
