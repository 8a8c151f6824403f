#include "handle_trial.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using kind = handle_message::kind;

// -- the nodes and what is between them --------------------------------------------------------------------

handle_trial::handle_trial(simulation::world& around)
    : around_(around), chance_(around.split_chance()), work_([this](const handles::actor_name& requester) {
        accounts_.asked(++last_request_, requester);
        return last_request_;
      }) {
  around.watch(accounts_);
  relations_end_ = chance_.chance(0.7);
  auto count = 2 + chance_.below(7);
  latest_relation_.resize(count);
  for (std::size_t index = 0; index < count; ++index)
    nodes_.push_back(std::make_unique<handle_node>(*this, peer{{0, index + 1}, {1}}));
  for (const auto& node : nodes_)
    work_.others.push_back(node->self());
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

void handle_trial::carry(handle_node& from, relation_number under, handle_message message, bool may_wait) {
  auto [which, at] = by_number_.at({index_of(from), under});
  std::pair order{at, order_of(message)};
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

void handle_trial::ended(std::uint64_t request, requests::request_fate fate, const request_content&) {
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
  work_.act(*nodes_[chance.below(nodes_.size())], chance);
}

void handle_trial::disturb(random_generator& chance) {
  auto which =
      std::next(connections_.begin(), static_cast<std::ptrdiff_t>(chance.below(connections_.size())));
  end(which->second, static_cast<int>(chance.below(2)));
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
  std::vector<handles_at_rest> all;
  for (const auto& node : nodes_)
    all.push_back(node->at_rest());
  accounts_.look(all);
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
