#include "counter.hpp"
#include "tally.hpp"

#include <chorus/runtime/protocol_core.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/checker.hpp>
#include <chorus/simulation/population.hpp>
#include <chorus/simulation/state_machine.hpp>
#include <chorus/simulation/system_model.hpp>
#include <chorus/simulation/world.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>

// What docs/simulation.md shows; the code stands there as it stands here.
namespace {

using namespace chorus;
using namespace std::chrono_literals;
using example::mistake;

static_assert(protocol_core<example::core>);

// The first node of a world counts, the others ask it to.
auto counters(mistake planted = mistake::none) {
  return [planted](simulation::node& at) {
    return example::core{at.self().node, at.around().at(0).self().node, planted};
  };
}

TEST(example, counts_what_was_asked_for_over_a_bad_network) {
  simulation::world world{1};
  auto nodes = simulation::run_cores<example::wire>(world, 3, counters(), [](auto&, const auto&) {});

  world.network().set_quality({.loss = 0.3, .duplication = 0.3});
  nodes.apply(1, example::add_one{});
  nodes.apply(2, example::add_one{});

  world.run_for(10s);
  EXPECT_EQ(nodes.core(0)->total(), 2u);
}

TEST(example, does_not_answer_more_clients_than_it_can_remember) {
  const node_id server{1, 1};
  example::core core{server, server};
  for (std::uint64_t client = 0; client <= example::core::clients_limit; ++client) {
    core.receive({}, {{2, client}, {1}}, {1, false});
    EXPECT_EQ(core.drain().messages.size(), client < example::core::clients_limit ? 1u : 0u);
  }
  core.receive({}, {{2, 0}, {1}}, {2, false});
  EXPECT_EQ(core.drain().messages.size(), 1u);
}

// -- faults by hand ----------------------------------------------------------------------------------------

TEST(example, counts_once_although_the_answer_is_lost) {
  simulation::world world{1};
  auto nodes = simulation::run_cores<example::wire>(world, 2, counters(), [](auto&, const auto&) {});

  auto cut = world.network().close({{0, 1}}); // what A says does not reach B
  nodes.apply(1, example::add_one{});
  world.run_for(1s);
  EXPECT_EQ(nodes.core(0)->total(), 1u);

  nodes[1].pause();
  world.network().heal(cut);
  world.run_for(1s);
  nodes[1].resume();
  world.run_for(1s);
  EXPECT_EQ(nodes.core(0)->total(), 1u);
  EXPECT_EQ(nodes.core(1)->next_deadline(), std::nullopt);
}

// -- an invariant ------------------------------------------------------------------------------------------

class each_once final : public simulation::checker {
public:
  each_once() : checker("each request is counted at most once") {}

  void counted(const std::string& client, std::uint64_t number) {
    if (!counted_.emplace(client, number).second)
      broken("request " + std::to_string(number) + " of " + client + " is counted again");
  }

private:
  std::set<std::pair<std::string, std::uint64_t>> counted_;
};

// -- a campaign --------------------------------------------------------------------------------------------

class counter_trial final : public simulation::trial {
public:
  counter_trial(simulation::world& world, mistake planted)
      : nodes_(simulation::run_cores<example::wire>(
          world,
          4,
          counters(planted),
          [this](simulation::node& at, const example::counted& step) {
            once_.counted(at.around().find(step.client.node)->name(), step.number);
          }
      )) {
    world.watch(once_);
  }

  void work(random_generator& chance) override {
    if (nodes_.apply(1 + chance.below(3), example::add_one{}))
      ++asked_;
  }

  bool is_settled() override { return nodes_.core(0)->total() == asked_; }

  std::string unsettled() const override {
    return std::to_string(nodes_.core(0)->total()) + " of " + std::to_string(asked_) + " are counted";
  }

  void count(simulation::coverage& met) const override {
    for (std::size_t place = 1; place < nodes_.size(); ++place)
      met.add("asked again", nodes_.core(place)->asked_again());
  }

private:
  each_once once_;
  std::uint64_t asked_ = 0;
  simulation::population<example::core> nodes_;
};

simulation::campaign counter_campaign(mistake planted = mistake::none) {
  simulation::campaign what;
  what.name = "counter";
  what.faults = simulation::faults_of(
      {.links = simulation::system_model::link_behaviour::fair_loss,
       .timing = simulation::system_model::timing_behaviour::partially_synchronous}
  );
  what.faults.faults.erase(simulation::fault::crash); // what was counted is only in memory
  what.storm_length = 20s;
  what.settle_within = 60s;
  what.work_every = 200ms;
  what.begin = [planted](simulation::world& world) {
    return std::make_unique<counter_trial>(world, planted);
  };
  what.expected = {"lost", "duplicated", "overtaken", "cut off", "pause", "asked again"};
  return what;
}

TEST(example, counts_each_request_once_whatever_happens) {
  auto what = counter_campaign();
  simulation::campaign_result all;
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    all.add(what, simulation::run(what, seed));
  EXPECT_TRUE(all.passed()) << all.met.table();
}

// -- what a failure looks like ------------------------------------------------------------------------

// Compares with a file beside this one; CHORUS_REWRITE_SCENARIOS=1 writes the file instead.
void expect_story(const std::string& file, const std::string& story) {
  auto path = std::string{CHORUS_EXAMPLE} + '/' + file;
  if (std::getenv("CHORUS_REWRITE_SCENARIOS") != nullptr)
    std::ofstream{path} << story;
  std::ifstream in{path};
  std::string kept{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(kept, story) << "if this is as it should be, run again with CHORUS_REWRITE_SCENARIOS=1, "
                            "and put it into docs/simulation.md";
}

TEST(example, that_counts_again_is_caught_and_its_story_told) {
  auto what = counter_campaign(mistake::counts_again);
  ASSERT_TRUE(simulation::run(what, 1).broken);
  auto failing = simulation::shrink(what, 1);
  expect_story("counts-again.txt", simulation::report(what, failing));
}

TEST(example, that_asks_once_is_caught_because_it_does_not_settle) {
  auto what = counter_campaign(mistake::asks_once);
  auto failing = simulation::run(what, 1);
  ASSERT_TRUE(failing.broken);
  EXPECT_EQ(failing.broken->invariant, "everything settles once the faults have stopped");
}

// -- a deterministic class ----------------------------------------------------------------------------

std::variant<example::add, example::undo> next_command(random_generator& chance) {
  if (chance.chance(0.2))
    return example::undo{};
  return example::add{chance.between(-9, 9)};
}

TEST(example, of_a_class_can_be_replicated) {
  auto found = simulation::try_state_machine<example::tally>(1, next_command);
  EXPECT_FALSE(found) << to_string(*found);
}

TEST(example, of_a_class_that_forgets_what_undo_needs_is_found) {
  auto found = simulation::try_state_machine<example::forgetful_tally>(1, next_command);
  ASSERT_TRUE(found);
  expect_story("forgetful-tally.txt", to_string(*found) + '\n');
}

} // namespace
