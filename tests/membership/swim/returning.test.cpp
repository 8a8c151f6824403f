#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

/// A verdict is revocable: who was cut off, deaf or stopped comes back in the same life, by its own answer.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

struct returning_story : testing::Test {
  world cluster{1};

  bool becomes_calm(duration within = 60s) {
    return cluster.run_until([this] { return cluster.is_calm(); }, within);
  }

  /// a, b, c, ...; a is the seed.
  void start_some(int count) {
    cluster.start("a");
    for (auto letter = 'b'; letter < 'a' + count; ++letter)
      cluster.start(std::string(1, letter), {"a"});
    ASSERT_TRUE(becomes_calm());
    cluster.run_for(3s);
    cluster.forget_stories();
  }

  bool has(const std::string& host, const std::string& other) {
    for (const auto& one : cluster.at(host).members())
      if (one.who == cluster.life_of(other))
        return true;
    return false;
  }

  std::vector<std::string> all_but(const std::string& one, int count) {
    std::vector<std::string> hosts;
    for (auto letter = 'a'; letter < 'a' + count; ++letter)
      if (one != std::string(1, letter))
        hosts.emplace_back(1, letter);
    return hosts;
  }

  std::uint64_t sum(std::uint64_t counters::*of, int count) {
    std::uint64_t all = 0;
    for (const auto& host : all_but("", count))
      all += cluster.at(host).counters().*of;
    return all;
  }

  /// All of the first `count` nodes are in their first lives.
  void expect_first_lives(int count) {
    for (const auto& host : all_but("", count))
      EXPECT_EQ(cluster.life_of(host).incarnation, incarnation{1}) << host;
    EXPECT_EQ(cluster.count("restarted"), 0);
    EXPECT_EQ(cluster.count("left"), 0);
  }
};

// -- partitions ----------------------------------------------------------------------------------------

TEST_F(returning_story, halves_of_a_cluster_come_back_to_each_other_in_the_same_lives) {
  start_some(6);
  cluster.part({"a", "b", "c"}, {"d", "e", "f"});
  cluster.run_for(60s);
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/1");
  EXPECT_EQ(cluster.view_of("d"), "e/1 f/1");
  EXPECT_EQ(cluster.count("failed"), 18);
  cluster.heal();
  EXPECT_TRUE(becomes_calm(6s)) << cluster.views();
  EXPECT_EQ(cluster.view_of("f"), "a/1 b/1 c/1 d/1 e/1");
  EXPECT_EQ(cluster.count("expelled"), 0) << "each has the members that it had";
  expect_first_lives(6);
  cluster.forget_stories();
  cluster.run_for(60s);
  EXPECT_EQ(cluster.count("failed"), 0) << "late verdicts do not come true";
}

TEST_F(returning_story, halves_of_a_large_cluster_come_back_to_each_other) {
  std::vector<std::string> one;
  std::vector<std::string> other;
  cluster.start("n0");
  for (auto n = 1; n < 40; ++n)
    cluster.start("n" + std::to_string(n), {"n0"});
  cluster.run_for(10s);
  ASSERT_TRUE(cluster.is_calm());
  for (auto n = 0; n < 40; ++n)
    (n % 2 == 0 ? one : other).push_back("n" + std::to_string(n));
  cluster.run_for(3s);
  cluster.part(one, other);
  cluster.run_for(120s);
  EXPECT_EQ(cluster.at("n0").members().size(), 19u);
  cluster.heal();
  const auto healed_at = cluster.now();
  while (!cluster.is_calm() && cluster.now() < healed_at + 60s)
    cluster.run_for(100ms);
  EXPECT_TRUE(cluster.is_calm());
  EXPECT_LE(cluster.now() - healed_at, 30s);
  EXPECT_EQ(cluster.count("restarted"), 0);
  for (const auto& host : one)
    EXPECT_LE(cluster.at(host).counters().failed_asked, 700u) << host;
}

TEST_F(returning_story, who_leaves_while_it_is_cut_off_is_over_when_the_others_hear_of_it) {
  start_some(4);
  cluster.part({"a", "b"}, {"c", "d"});
  cluster.run_for(30s);
  cluster.leave("d");
  cluster.run_for(1s);
  cluster.heal();
  EXPECT_TRUE(becomes_calm());
  const auto story = cluster.story_of("a");
  EXPECT_LT(story.find("-d/1:failed"), story.find("-d/1:left")) << story;
  EXPECT_EQ(story.find("-d/1:left"), story.rfind("-d/1:")) << story;
}

TEST_F(returning_story, who_restarts_while_it_is_cut_off_is_over_before_the_next_life_is_up) {
  start_some(3);
  cluster.part({"a", "b"}, {"c"});
  cluster.run_for(30s);
  cluster.crash("c");
  cluster.start("c", {"a"});
  cluster.heal();
  EXPECT_TRUE(becomes_calm());
  const auto story = cluster.story_of("a");
  EXPECT_NE(story.find("-c/1:failed -c/1:restarted +c/2"), std::string::npos) << story;
}

// -- who is alone with it --------------------------------------------------------------------------------

TEST_F(returning_story, who_was_paused_for_long_goes_on_in_the_same_life_and_learns_that_it_was_expelled) {
  start_some(4);
  cluster.pause("a");
  cluster.run_for(12s);
  EXPECT_EQ(cluster.count("failed"), 3);
  cluster.resume("a");
  EXPECT_TRUE(becomes_calm(3s)) << cluster.views();
  EXPECT_EQ(cluster.count("expelled"), 1);
  EXPECT_EQ(cluster.count("failed"), 3) << "it ends nobody";
  expect_first_lives(4);
}

TEST_F(returning_story, a_deaf_node_comes_back_when_it_hears_again) {
  start_some(5);
  for (const auto& host : all_but("a", 5))
    cluster.cut(host, "a");
  cluster.run_for(60s);
  EXPECT_EQ(cluster.view_of("a"), "");
  EXPECT_EQ(cluster.view_of("b"), "c/1 d/1 e/1");
  cluster.heal();
  EXPECT_TRUE(becomes_calm(10s)) << cluster.views();
  expect_first_lives(5);
}

TEST_F(returning_story, a_mute_node_comes_back_when_it_is_heard_again) {
  start_some(5);
  for (const auto& host : all_but("a", 5))
    cluster.cut("a", host);
  cluster.run_for(60s);
  EXPECT_EQ(cluster.view_of("b"), "c/1 d/1 e/1");
  cluster.heal();
  EXPECT_TRUE(becomes_calm(10s)) << cluster.views();
  expect_first_lives(5);
}

TEST_F(returning_story, a_ring_in_which_each_hears_only_its_neighbours_heals_without_a_restart) {
  start_some(6);
  const auto hosts = all_but("", 6);
  for (std::size_t one = 0; one < hosts.size(); ++one)
    for (std::size_t distance = 2; distance + 1 < hosts.size(); ++distance)
      cluster.cut(hosts[one], hosts[(one + distance) % hosts.size()]);
  cluster.run_for(120s);
  cluster.heal();
  EXPECT_TRUE(becomes_calm(60s)) << cluster.views();
  expect_first_lives(6);
}

TEST_F(returning_story, two_nodes_that_cannot_talk_are_no_failures_to_anybody) {
  start_some(4);
  cluster.cut("b", "c");
  cluster.run_for(30s);
  cluster.give_up_link("b", "c");
  cluster.give_up_link("c", "b");
  cluster.run_for(60s);
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(returning_story, a_link_that_gave_up_makes_its_node_look_and_nothing_else) {
  start_some(4);
  const auto probes = cluster.at("b").counters().probes_sent;
  cluster.give_up_link("b", "c");
  EXPECT_EQ(cluster.at("b").counters().probes_sent, probes + 1);
  cluster.run_for(30s);
  EXPECT_EQ(cluster.count("failed") + cluster.count("suspected"), 0);
  cluster.crash("c");
  cluster.give_up_link("b", "c");
  EXPECT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 3; }, 750ms));
}

TEST_F(returning_story, two_nodes_that_fail_each_other_come_back_to_each_other) {
  start_some(2);
  for (auto round = 0; round < 3; ++round) {
    cluster.part({"a"}, {"b"});
    cluster.run_for(30s);
    EXPECT_EQ(cluster.view_of("a"), "");
    EXPECT_EQ(cluster.view_of("b"), "");
    cluster.heal();
    EXPECT_TRUE(becomes_calm(6s)) << cluster.views();
  }
  expect_first_lives(2);
  EXPECT_EQ(cluster.story_of("a"), "?b/1 -b/1:failed +b/1 ?b/1 -b/1:failed +b/1 ?b/1 -b/1:failed +b/1");
}

/// The latest question of each may be lost with the cut, just before the news comes that the other is back.
TEST_F(returning_story, after_one_member_has_met_it_again_all_have_within_two_periods) {
  constexpr auto period = 1s;
  for (auto seed = 1; seed <= 50; ++seed) {
    cluster = world{static_cast<std::uint64_t>(seed)};
    start_some(6);
    cluster.part({"a", "b", "c", "d", "e"}, {"f"});
    cluster.run_for(60s);
    ASSERT_EQ(cluster.view_of("f"), "");
    cluster.heal();
    const auto is_met = [&] {
      return std::ranges::any_of(all_but("f", 6), [&](auto& one) { return has(one, "f"); });
    };
    ASSERT_TRUE(cluster.run_until(is_met, 6s));
    EXPECT_TRUE(cluster.run_until([&] { return cluster.is_whole(); }, 2 * period)) << "seed " << seed << '\n'
                                                                                   << cluster.views();
  }
}

// -- what others say -------------------------------------------------------------------------------------

TEST_F(returning_story, a_verdict_that_comes_after_its_refutation_is_answered_and_not_believed) {
  start_some(3);
  cluster.say("c", {{"said more"}, {}, {}});
  cluster.run_for(2s);
  cluster.tell(
      "a", cluster.life_of("b"), {gossip{}, {failed{cluster.life_of("c"), {}, cluster.life_of("b")}}}
  );
  cluster.run_for(5s);
  EXPECT_EQ(cluster.at("a").counters().verdicts_stale, 1u);
  EXPECT_EQ(cluster.count("failed") + cluster.count("suspected"), 0);
}

TEST_F(returning_story, a_verdict_against_what_a_node_has_just_heard_itself_is_one_voice) {
  start_some(5);
  // c speaks to a within every period.
  cluster.tell("a", cluster.life_of("c"), {gossip{}, {}});
  cluster.tell(
      "a", cluster.life_of("b"), {gossip{}, {failed{cluster.life_of("c"), {}, cluster.life_of("b")}}}
  );
  EXPECT_EQ(cluster.at("a").counters().verdicts_doubted, 1u);
  EXPECT_TRUE(cluster.at("a").is_suspected(cluster.id_of("c")));
  EXPECT_TRUE(becomes_calm(3s));
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(returning_story, a_verdict_about_a_member_that_was_long_suspected_is_believed) {
  start_some(5);
  cluster.vanish("c");
  const voice silent{cluster.life_of("b"), evidence::silence};
  cluster.tell("a", cluster.life_of("b"), {gossip{}, {suspect{cluster.life_of("c"), {}, {silent}}}});
  const failed verdict{cluster.life_of("c"), {}, cluster.life_of("b")};
  cluster.run_for(900ms);
  cluster.tell("a", cluster.life_of("b"), {gossip{}, {verdict}});
  EXPECT_TRUE(has("a", "c"));
  cluster.run_for(200ms);
  cluster.tell("a", cluster.life_of("b"), {gossip{}, {verdict}});
  EXPECT_FALSE(has("a", "c"));
}

/// As of a node that was deaf and is back with its verdicts.
TEST_F(returning_story, a_verdict_about_a_member_that_nobody_suspects_is_one_voice) {
  start_some(5);
  cluster.cut("a", "c"); // so that a hears nothing of it itself; others answer for it
  cluster.run_for(2s);
  cluster.heal();
  cluster.tell(
      "a", cluster.life_of("b"), {gossip{}, {failed{cluster.life_of("c"), {}, cluster.life_of("b")}}}
  );
  EXPECT_EQ(cluster.at("a").counters().verdicts_doubted, 1u);
  EXPECT_TRUE(becomes_calm(3s));
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(returning_story, of_a_member_that_refutes_and_then_crashes_rumours_make_nobody_take_it_back) {
  start_some(5);
  const auto dead = cluster.life_of("c");
  const auto self = cluster.at("c").self();
  for (const auto& host : all_but("c", 5))
    cluster.cut("c", host);
  cluster.run_for(30s);
  for (const auto& host : all_but("c", 5))
    EXPECT_FALSE(has(host, "c"));
  cluster.vanish("c");
  cluster.heal();
  for (auto round = 0; round < 20; ++round) {
    for (const auto* host : {"a", "b", "d", "e"})
      cluster.tell(
          host, cluster.life_of(host == std::string{"a"} ? "b" : "a"), {gossip{}, {alive{self, {99}}}}
      );
    cluster.run_for(500ms);
  }
  for (const auto* host : {"a", "b", "d", "e"}) {
    EXPECT_EQ(cluster.story_of(host).find("+c/1"), std::string::npos);
    EXPECT_FALSE(has(host, "c"));
    EXPECT_LE(cluster.at(host).counters().failed_asked, 40u);
  }
  EXPECT_EQ(cluster.life_of("c"), dead);
}

TEST_F(returning_story, an_accusation_of_more_than_the_accused_has_said_is_ignored_by_it) {
  start_some(3);
  cluster.tell(
      "c",
      cluster.life_of("b"),
      {gossip{}, {suspect{cluster.life_of("c"), {7}, {{cluster.life_of("b"), evidence::silence}}}}}
  );
  EXPECT_EQ(cluster.at("c").counters().accusations_above, 1u);
  EXPECT_EQ(cluster.at("c").counters().refutations, 0u);
}

TEST_F(returning_story, a_failed_member_that_still_believes_in_its_judge_is_asked_at_once_and_not_often) {
  start_some(3);
  cluster.part({"c"}, {"a", "b"});
  cluster.run_for(30s);
  const auto asked = sum(&counters::failed_asked, 3);
  EXPECT_LT(asked, 60u) << "slowly";
  // Nothing that they say reaches it, but it speaks all the time.
  cluster.heal();
  cluster.cut("a", "c");
  cluster.cut("b", "c");
  for (auto n = 0; n < 1000; ++n) {
    cluster.tell("a", cluster.life_of("c"), {gossip{}, {}});
    cluster.run_for(10ms);
  }
  EXPECT_LE(cluster.at("a").counters().failed_asked, asked + 20);
  EXPECT_FALSE(has("a", "c"));
  cluster.heal();
  EXPECT_TRUE(becomes_calm(6s));
  EXPECT_EQ(cluster.count("restarted"), 0);
}

TEST_F(returning_story, what_a_failed_member_says_about_itself_is_known_when_it_is_back) {
  start_some(3);
  cluster.part({"c"}, {"a", "b"});
  cluster.run_for(30s);
  cluster.say("c", {{"new"}, {}, {}});
  cluster.heal();
  EXPECT_TRUE(becomes_calm(6s));
  expect_first_lives(3);
}

} // namespace
} // namespace chorus::membership::swim
