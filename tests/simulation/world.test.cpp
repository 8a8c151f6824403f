#include "stage.hpp"

#include <chorus/simulation/coverage.hpp>

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using simulation::fault;
using simulation::transcript;
using simulation::world;

/// An invariant that a test breaks at will.
class fragile final : public simulation::checker {
public:
  explicit fragile(std::string what) : checker(std::move(what)) {}
  using checker::broken;
  void after_event() override { ++events_; }
  int events() const { return events_; }

private:
  int events_ = 0;
};

// -- time ----------------------------------------------------------------------------------------------

TEST(a_world, runs_for_a_time_and_lets_happen_what_falls_on_its_end) {
  world around{1};
  std::string order;
  around.events().after(10ms, [&] { order += 'a'; });
  around.events().after(10ms + 1ns, [&] { order += 'b'; });
  around.run_for(10ms);
  EXPECT_EQ(order, "a");
  EXPECT_EQ(around.now(), moment(10ms));
  around.run_for(1s);
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(around.now(), moment(10ms + 1s));
  EXPECT_FALSE(around.step());
}

TEST(a_world, runs_until_a_condition_holds_or_its_time_is_over) {
  world around{1};
  auto happened = false;
  around.events().after(10ms, [&] { happened = true; });
  EXPECT_FALSE(around.run_until([&] { return happened; }, 10ms - 1ns));
  EXPECT_EQ(around.now(), moment(10ms - 1ns));
  EXPECT_TRUE(around.run_until([&] { return happened; }, 1ns));
  EXPECT_EQ(around.now(), moment(10ms));
  EXPECT_FALSE(around.run_until([] { return false; }, 1s));
  EXPECT_EQ(around.now(), moment(10ms + 1s));
}

TEST(a_world, ends_a_run_in_which_no_time_passes) {
  world around{1};
  std::uint64_t times = 0;
  std::function<void()> again = [&] {
    if (++times < world::limit_at_once)
      around.events().after({}, again);
  };
  around.events().after(1ms, again);
  around.run_for(1s);
  EXPECT_FALSE(around.broken());
  EXPECT_EQ(times, world::limit_at_once);

  times = 0;
  std::function<void()> for_ever = [&] {
    ++times;
    around.events().after({}, for_ever);
  };
  around.events().after({}, for_ever); // at the moment to which the world has just advanced
  around.run_for(1s);
  ASSERT_TRUE(around.broken());
  EXPECT_EQ(around.broken()->invariant, "time passes");
  EXPECT_EQ(times, world::limit_at_once + 1);
}

// -- checkers ------------------------------------------------------------------------------------------

TEST(a_world, stops_at_the_event_that_breaks_an_invariant) {
  world around{1, true};
  fragile check{"all is well"};
  around.watch(check);
  auto later = false;
  around.events().after(1ms, [&] { check.broken("it is not"); });
  around.events().after(1ms, [&] { later = true; });
  around.run_for(1s);
  ASSERT_TRUE(around.broken());
  EXPECT_EQ(around.broken()->when, moment(1ms));
  EXPECT_EQ(around.broken()->invariant, "all is well");
  EXPECT_EQ(around.broken()->how, "it is not");
  EXPECT_FALSE(later);
  EXPECT_EQ(around.now(), moment(1ms));
  EXPECT_FALSE(around.step());
  EXPECT_FALSE(around.run_until([] { return true; }, 1s));
  EXPECT_EQ(check.events(), 1);
  EXPECT_EQ(around.story().lines().back(), "0.001000000  BROKEN: all is well: it is not");
}

TEST(a_world, remembers_the_invariant_that_was_broken_first) {
  world around{1};
  fragile first{"first"};
  fragile second{"second"};
  around.watch(first);
  around.watch(second);
  second.broken("early");
  around.look_around();
  first.broken("late");
  around.look_around();
  EXPECT_EQ(around.broken()->invariant, "second");
}

TEST(a_checker, remembers_how_it_was_broken_first) {
  fragile check{"x"};
  EXPECT_FALSE(check.violation());
  check.broken("early");
  check.broken("late");
  EXPECT_EQ(check.violation(), "early");
}

// -- what is known of a run ----------------------------------------------------------------------------

/// Packets, timers and writes of nodes that crash, pause and come back.
std::vector<std::string> story_of(std::uint64_t seed) {
  stage all{3, seed, true};
  simulation::link_quality bad;
  bad.loss = bad.duplication = bad.reordering = bad.corruption = 0.2;
  all.world().network().set_quality(bad);
  for (int round = 0; round < 20; ++round) {
    all.say(0, 1, "x");
    all.say(0, 2, "y");
    all.node(1).pause();
    all.actor(0).write(1, "z");
    all.world().run_for(2ms);
    all.node(1).resume();
    all.node(2).crash();
    all.node(2).start();
  }
  return all.world().story().lines();
}

TEST(a_world, tells_the_same_story_for_the_same_seed_and_another_one_for_another) {
  auto story = story_of(7);
  EXPECT_GT(story.size(), 40u);
  EXPECT_EQ(story_of(7), story);
  EXPECT_NE(story_of(8), story);
}

TEST(a_world, tells_what_becomes_of_a_packet) {
  stage all{2, 1, true};
  all.hear_the_news();
  all.world().network().close({{0, 1}});
  all.say(0, 1, "12345");
  EXPECT_EQ(all.world().story().lines().back(), "1.000000000  A -> B is cut off: 5 bytes");
  all.world().network().heal_all();
  all.world().network().set_quality(exactly(1ms));
  all.say(0, 1, "1234");
  all.world().run_for(1s);
  EXPECT_EQ(all.world().story().lines().back(), "1.001000000  B <- A: 4 bytes");
  all.world().at(1).crash();
  all.say(0, 1, "123");
  all.world().run_for(1s);
  EXPECT_EQ(all.world().story().lines().back(), "2.001000000  A -> B finds nobody: 3 bytes");
}

TEST(a_transcript, that_is_off_keeps_nothing) {
  transcript story{false};
  story.add(moment(1s), "something");
  EXPECT_TRUE(story.lines().empty());
  EXPECT_EQ(story.tail(5), "");
}

TEST(a_transcript, ends_with_its_last_lines) {
  transcript story{true};
  story.add(moment(1ns), "one");
  story.add(moment(61s), "two");
  EXPECT_EQ(story.tail(1), "61.000000000  two\n");
  EXPECT_EQ(story.tail(2), "0.000000001  one\n61.000000000  two\n");
  EXPECT_EQ(story.tail(3), story.tail(2));
}

TEST(a_transcript, keeps_as_many_lines_as_its_limit_and_says_how_many_it_has_dropped) {
  transcript story{true};
  std::size_t added = 0;
  auto add = [&] { story.add(moment(0s), std::to_string(added++)); };
  while (added < transcript::limit)
    add();
  EXPECT_EQ(story.lines().size(), transcript::limit);
  EXPECT_EQ(story.lines().front(), "0.000000000  0");
  for (int times = 0; times < 3; ++times) {
    auto before = story.lines().size();
    do
      add();
    while (story.lines().size() > before++);
    EXPECT_LE(story.lines().size(), transcript::limit);
    auto dropped = added - (story.lines().size() - 1);
    EXPECT_EQ(story.lines().front(), std::to_string(dropped) + " lines before are not kept");
    EXPECT_EQ(story.lines()[1], "0.000000000  " + std::to_string(dropped));
  }
}

TEST(coverage, misses_what_was_expected_until_it_happens) {
  simulation::coverage met;
  met.expect("rare");
  met.expect("common");
  met.add("common", 3);
  met.add("unexpected");
  EXPECT_EQ(met.missing(), std::vector<std::string>{"rare"});
  EXPECT_NE(met.table().find("rare  <- never happened"), std::string::npos);
  simulation::coverage other;
  other.add("rare");
  met.merge(other);
  EXPECT_TRUE(met.missing().empty());
  EXPECT_EQ(met["common"], 3u);
  EXPECT_EQ(met["unknown"], 0u);
}

TEST(coverage, still_expects_what_was_expected_when_it_is_merged) {
  simulation::coverage met;
  simulation::coverage other;
  other.expect("rare");
  met.add("rare", 0);
  met.merge(other);
  EXPECT_EQ(met.missing(), std::vector<std::string>{"rare"});
}

TEST(coverage, says_which_share_is_larger_than_it_may_be) {
  simulation::coverage met;
  met.expect(simulation::share{"late", "all", 0.25});
  met.add("all", 4);
  EXPECT_TRUE(met.wrong_shares().empty());
  met.add("late");
  EXPECT_TRUE(met.wrong_shares().empty());

  simulation::coverage other;
  other.add("late");
  other.merge(met);
  EXPECT_EQ(other.wrong_shares(), std::vector<std::string>{"2 of 4 (all) are: late"});
}

TEST(coverage, says_which_share_is_smaller_than_it_may_be_once_it_can_be_judged) {
  simulation::coverage met;
  met.expect(simulation::share{"rare", "all", 1, 0.25, 8});
  met.add("rare");
  met.add("all", 7);
  EXPECT_TRUE(met.wrong_shares().empty());
  met.add("all");
  EXPECT_EQ(met.wrong_shares(), std::vector<std::string>{"1 of 8 (all) are: rare"});
  met.add("rare");
  EXPECT_TRUE(met.wrong_shares().empty());
}

TEST(coverage, lets_nothing_be_a_share_of_nothing) {
  simulation::coverage met;
  met.expect(simulation::share{"late", "all", 1});
  EXPECT_TRUE(met.wrong_shares().empty());
  met.add("late");
  EXPECT_EQ(met.wrong_shares().size(), 1u);
}

TEST(coverage, names_every_fault_by_a_name_of_its_own) {
  simulation::fault_counts all;
  for (std::size_t kind = 0; kind < simulation::fault_kinds; ++kind)
    all.add(static_cast<fault>(kind));
  simulation::coverage met;
  met.add(all);
  for (std::size_t kind = 0; kind < simulation::fault_kinds; ++kind)
    EXPECT_EQ(met[to_string(static_cast<fault>(kind))], 1u) << kind;
  EXPECT_EQ(met["unknown"], 0u);
}

} // namespace
} // namespace chorus::testing
