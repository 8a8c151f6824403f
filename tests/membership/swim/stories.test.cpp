#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

/// What happens to clusters, told from start to end.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

struct swim_story : testing::Test {
  world cluster{1};

  bool becomes_whole(duration within = 20s) {
    return cluster.run_until([this] { return cluster.is_whole(); }, within);
  }

  bool becomes_calm(duration within = 60s) {
    return cluster.run_until([this] { return cluster.is_calm(); }, within);
  }

  /// a, b, c, ...; a is the seed.
  void start_some(int count) {
    cluster.start("a");
    for (auto letter = 'b'; letter < 'a' + count; ++letter)
      cluster.start(std::string(1, letter), {"a"});
    ASSERT_TRUE(becomes_whole());
    cluster.run_for(3s);
    cluster.forget_stories();
  }
};

// -- coming ------------------------------------------------------------------------------------------

TEST_F(swim_story, nodes_find_each_other_through_one_seed_in_a_few_round_trips) {
  cluster.start("a");
  for (const auto* host : {"b", "c", "d", "e"})
    cluster.start(host, {"a"});
  EXPECT_TRUE(becomes_whole(200ms));
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/1 d/1 e/1");
}

TEST_F(swim_story, any_member_is_a_seed) {
  start_some(4);
  cluster.start("e", {"c"});
  EXPECT_TRUE(becomes_whole(200ms));
  cluster.start("f", {"e", "x"});
  EXPECT_TRUE(becomes_whole(200ms));
}

TEST_F(swim_story, a_node_waits_for_a_seed_that_starts_later) {
  cluster.start("b", {"a"});
  cluster.run_for(60s);
  EXPECT_EQ(cluster.count("seed_silent"), 4); // after 4, 8, 16 and 32 s
  cluster.start("a");
  EXPECT_TRUE(becomes_whole(6s));
  EXPECT_EQ(cluster.story_of("b"), "+a/1");
}

TEST_F(swim_story, every_node_may_have_every_node_as_seed_itself_included) {
  for (const auto* host : {"a", "b", "c", "d"})
    cluster.start(host, {"a", "b", "c", "d"});
  EXPECT_TRUE(becomes_whole(500ms));
  cluster.run_for(60s);
  EXPECT_EQ(cluster.count("seed_silent"), 0);
  EXPECT_EQ(cluster.count("suspected"), 0);
}

TEST_F(swim_story, a_hundred_nodes_start_at_once_with_one_seed) {
  cluster.start("n0");
  for (auto n = 1; n < 100; ++n)
    cluster.start("n" + std::to_string(n), {"n0"});
  EXPECT_TRUE(becomes_whole(5s));
  cluster.run_for(60s);
  EXPECT_TRUE(cluster.is_calm());
  EXPECT_EQ(cluster.count("failed"), 0);
}

// -- going -------------------------------------------------------------------------------------------

TEST_F(swim_story, a_process_that_dies_is_down_everywhere_in_a_fraction_of_the_timeout) {
  start_some(5);
  cluster.crash("e");
  EXPECT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 4; }, 400ms));
  EXPECT_EQ(cluster.story_of("a"), "?e/1 -e/1:failed");
}

TEST_F(swim_story, a_machine_that_vanishes_is_believed_for_about_the_failure_timeout) {
  start_some(5);
  const auto gone_at = cluster.now();
  cluster.vanish("e");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 4; }, 6s));
  EXPECT_GE(cluster.now() - gone_at, 3s);
  EXPECT_TRUE(cluster.is_calm());
}

TEST_F(swim_story, who_comes_while_a_member_is_suspected_does_not_take_it_up) {
  start_some(5);
  cluster.vanish("c");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.at("a").is_suspected({0, 3}); }, 20s));
  cluster.start("f", {"a"});
  cluster.run_for(20s);
  EXPECT_EQ(cluster.story_of("f").find("c/1"), std::string::npos);
  EXPECT_EQ(cluster.view_of("f"), "a/1 b/1 d/1 e/1");
}

TEST_F(swim_story, who_comes_while_a_member_is_suspected_does_not_delay_the_verdict) {
  start_some(2);
  const auto died_at = cluster.now();
  cluster.crash("b");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.at("a").is_suspected({0, 2}); }, 100ms));
  cluster.start("c", {"a"});
  ASSERT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 1; }, 1s));
  EXPECT_EQ(cluster.view_of("a"), "c/1");
  EXPECT_LE(cluster.now() - died_at, 350ms);
  EXPECT_EQ(cluster.at("a").why_suspected({0, 2})->abstentions, std::vector{cluster.life_of("c")});
}

TEST_F(swim_story, who_comes_while_a_silent_member_is_suspected_does_not_delay_the_verdict) {
  start_some(2);
  cluster.vanish("b");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.at("a").is_suspected({0, 2}); }, 5s));
  cluster.start("c", {"a"});
  cluster.start("d", {"a"});
  EXPECT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 1; }, 3100ms));
}

TEST_F(swim_story, who_abstains_is_heard_although_datagrams_are_lost) {
  cluster.network.loss = 0.3;
  start_some(2);
  cluster.vanish("b");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.at("a").is_suspected({0, 2}); }, 10s));
  cluster.start("c", {"a"});
  EXPECT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 1; }, 4s));
  EXPECT_GT(cluster.seen.lost, 0u);
}

TEST_F(swim_story, newcomers_delay_no_verdict_however_many_have_died_together) {
  constexpr auto nodes = 100;
  const auto node = [](int number) { return "n" + std::to_string(number); };
  // Who comes at once still learns of the dead as members; who comes later does not know them.
  for (const auto newcomers_after : {0ms, 50ms}) {
    cluster = world{static_cast<std::uint64_t>(1 + newcomers_after.count())};
    cluster.start(node(0));
    for (auto n = 1; n < nodes; ++n)
      cluster.start(node(n), {node(0)});
    ASSERT_TRUE(becomes_calm());
    cluster.run_for(3s);
    for (auto n = 1; n < nodes; ++n)
      cluster.crash(node(n));
    cluster.run_for(newcomers_after);
    cluster.start("x", {node(0)});
    cluster.start("y", {node(0)});
    EXPECT_TRUE(becomes_whole(750ms - newcomers_after))
        << newcomers_after.count() << " ms" << cluster.views();
  }
}

TEST_F(swim_story, a_process_that_restarts_at_once_under_another_name_is_down_as_soon_as_any) {
  for (const auto* host : {"b", "x"}) {
    cluster = world{1};
    start_some(2);
    cluster.crash("b");
    cluster.run_for(50ms);
    cluster.start({"other", host, 7, {"a"}});
    EXPECT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 1; }, 350ms)) << host;
    EXPECT_TRUE(becomes_calm(1s)) << cluster.views();
  }
}

TEST_F(swim_story, of_five_machines_three_vanish_and_the_others_do_not_wait_for_their_voices) {
  start_some(5);
  for (const auto* host : {"c", "d", "e"})
    cluster.vanish(host);
  ASSERT_TRUE(cluster.run_until([this] { return cluster.count("failed") == 6; }, 60s)) << cluster.views();
  for (const std::uint64_t number : {3, 4, 5}) {
    // Two voices out of the four that there were would make it 10.5 s.
    const auto report = cluster.at("a").why_suspected({0, number});
    EXPECT_LT(report->ended_at - report->since, 10s) << number;
  }
}

TEST_F(swim_story, of_two_nodes_one_is_enough_to_find_the_other_dead) {
  start_some(2);
  cluster.crash("b");
  cluster.run_for(400ms);
  EXPECT_EQ(cluster.story_of("a"), "?b/1 -b/1:failed");
}

TEST_F(swim_story, a_node_that_leaves_has_left_and_nobody_says_that_it_failed) {
  start_some(6);
  cluster.leave("c");
  cluster.run_for(30s);
  EXPECT_EQ(cluster.count("left"), 5);
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, a_leave_that_only_one_hears_is_a_leave_for_all) {
  start_some(6);
  for (const auto* host : {"a", "b", "d", "e"})
    cluster.cut("c", host);
  cluster.leave("c");
  cluster.run_for(30s);
  EXPECT_EQ(cluster.count("left"), 5);
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, of_a_cluster_that_is_too_large_to_tell_all_either_nobody_hears_of_a_leave_or_all_do) {
  const auto node = [](int number) { return "n" + std::to_string(number); };
  constexpr auto nodes = 80;
  cluster.start(node(0));
  for (auto n = 1; n < nodes; ++n)
    cluster.start(node(n), {node(0)});
  ASSERT_TRUE(becomes_whole());
  auto leaves_heard = 0;
  for (auto leaver = nodes - 1; leaver >= nodes - 5; --leaver) {
    // Only one member can hear it, and it tells `farewells_limit` of them.
    for (auto other = 1; other < leaver; ++other)
      cluster.cut(node(leaver), node(other));
    const auto left = cluster.count("left");
    const auto failed = cluster.count("failed");
    cluster.leave(node(leaver));
    ASSERT_TRUE(cluster.run_until([this] { return cluster.is_calm(); }, 60s)) << cluster.views();
    EXPECT_TRUE(cluster.count("left") == left || cluster.count("failed") == failed);
    leaves_heard += cluster.count("left") > left;
  }
  EXPECT_GT(leaves_heard, 0);
}

TEST_F(swim_story, who_leaves_tells_those_first_who_can_hear_it) {
  const auto node = [](int number) { return "n" + std::to_string(number); };
  constexpr auto nodes = static_cast<int>(core::farewells_limit) + 6;
  cluster.start(node(0));
  for (auto n = 1; n < nodes; ++n)
    cluster.start(node(n), {node(0)});
  ASSERT_TRUE(becomes_whole());
  // It trusts as many as it tells, so the one that can hear it is told for certain.
  for (auto n = nodes - 5; n < nodes; ++n)
    cluster.vanish(node(n));
  const auto trusts_as_many = [&] {
    const auto& leaver = cluster.at(node(1));
    const auto trusted = std::ranges::count_if(leaver.members(), [&](const member& other) {
      return !leaver.is_suspected(other.who.node);
    });
    return trusted == static_cast<int>(core::farewells_limit);
  };
  ASSERT_TRUE(cluster.run_until(trusts_as_many, 60s));
  for (auto other = 2; other < nodes; ++other)
    cluster.cut(node(1), node(other));
  cluster.leave(node(1));
  ASSERT_TRUE(cluster.run_until([this] { return cluster.is_calm(); }, 60s)) << cluster.views();
  EXPECT_EQ(cluster.count("left"), nodes - 6);
}

TEST_F(swim_story, who_missed_two_lives_of_a_node_hears_that_it_has_left_and_calls_it_no_failure) {
  start_some(5);
  cluster.part({"a"}, {"b", "c", "d", "e"});
  cluster.leave("c");
  cluster.run_for(100ms);
  cluster.start("c", {"b"});
  cluster.run_for(500ms);
  cluster.leave("c");
  cluster.run_for(500ms);
  cluster.heal();
  cluster.run_for(30s);
  EXPECT_NE(cluster.story_of("a").find("-c/1:restarted"), std::string::npos);
  EXPECT_EQ(cluster.view_of("a"), "b/1 d/1 e/1");
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, who_missed_two_lives_of_a_node_calls_the_first_one_no_failure) {
  start_some(5);
  cluster.part({"a"}, {"b", "c", "d", "e"});
  cluster.leave("c");
  cluster.run_for(100ms);
  cluster.start("c", {"b"});
  cluster.run_for(500ms);
  cluster.crash("c");
  cluster.run_for(500ms);
  cluster.heal();
  cluster.run_for(30s);
  EXPECT_NE(cluster.story_of("a").find("-c/1:left"), std::string::npos);
  EXPECT_EQ(cluster.count("failed"), 3);
}

TEST_F(swim_story, the_whole_cluster_leaves_one_by_one) {
  start_some(5);
  for (const auto* host : {"e", "d", "c", "b"}) {
    cluster.leave(host);
    cluster.run_for(1s);
  }
  EXPECT_EQ(cluster.view_of("a"), "");
  EXPECT_EQ(cluster.count("failed"), 0);
}

// -- coming back ---------------------------------------------------------------------------------------

TEST_F(swim_story, a_restart_ends_the_old_life_before_the_new_one_begins) {
  start_some(4);
  cluster.crash("c");
  cluster.start("c", {"a"});
  EXPECT_TRUE(becomes_whole(2s));
  EXPECT_EQ(cluster.story_of("a").substr(0, 23), "-c/1:restarted +c/2");
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, a_node_restarts_under_its_name_at_another_address) {
  start_some(4);
  cluster.crash("c");
  cluster.start({"c", "elsewhere", 3, {"a"}});
  EXPECT_TRUE(becomes_whole(2s));
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/2 d/1");
}

TEST_F(swim_story, a_node_without_a_data_directory_gets_its_name_back_when_the_old_life_is_over) {
  start_some(4);
  cluster.crash("c");
  cluster.start({"c", "c", 33, {"a"}});
  EXPECT_TRUE(becomes_whole(10s));
  EXPECT_EQ(cluster.view_of("a"), "b/1 d/1 c/1");
  EXPECT_EQ(cluster.count("rejected"), 0);
}

TEST_F(swim_story, somebody_else_at_the_address_of_a_member_is_proof_that_it_is_gone) {
  start_some(4);
  const auto gone = cluster.id_of("c");
  cluster.vanish("c");
  cluster.start({"other", "c", 33, {"a"}});
  EXPECT_TRUE(becomes_whole(4s));
  const auto report = cluster.at("a").why_suspected(gone);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->result, suspicion_report::outcome::failed);
}

TEST_F(swim_story, a_seed_that_restarts_without_seeds_is_found_by_those_who_lost_it) {
  start_some(3);
  cluster.crash("a");
  cluster.run_for(20s);
  cluster.start("a");
  EXPECT_TRUE(becomes_whole(6s));
  EXPECT_EQ(cluster.view_of("b"), "a/2 c/1");
}

TEST_F(swim_story, a_seed_that_restarts_at_once_and_knows_nobody_is_found_by_its_broken_connections) {
  start_some(4);
  cluster.crash("a");
  cluster.start("a");
  EXPECT_TRUE(becomes_whole(1s));
  EXPECT_EQ(cluster.count("restarted"), 3);
  EXPECT_EQ(cluster.count("failed"), 0);
}

// -- being wrong ---------------------------------------------------------------------------------------

TEST_F(swim_story, a_pause_of_three_seconds_is_forgiven) {
  start_some(5);
  cluster.pause("c");
  cluster.run_for(3s);
  cluster.resume("c");
  cluster.run_for(30s);
  EXPECT_EQ(cluster.count("failed"), 0);
  EXPECT_TRUE(cluster.is_calm());
}

TEST_F(swim_story, a_firewall_that_rejects_one_node_kills_nobody) {
  start_some(5);
  cluster.reject("a", "b");
  for (auto i = 0; i < 60; ++i) {
    cluster.break_connection("a", "b");
    cluster.run_for(1s);
  }
  EXPECT_EQ(cluster.count("failed"), 0);
  EXPECT_GT(cluster.count("suspected"), 0);
  EXPECT_EQ(cluster.count("suspected"), cluster.count("trusted"));
}

TEST_F(swim_story, a_link_that_is_cut_in_one_direction_takes_nobody_out) {
  start_some(5);
  cluster.cut("a", "b");
  cluster.run_for(120s);
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, a_link_that_is_cut_in_both_directions_takes_nobody_out) {
  start_some(5);
  cluster.part({"a"}, {"b"});
  cluster.run_for(120s);
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(swim_story, a_deaf_node_kills_nobody_and_is_found_out) {
  start_some(5);
  for (const auto* host : {"b", "c", "d", "e"})
    cluster.cut(host, "a");
  cluster.run_for(60s);
  for (const auto* host : {"b", "c", "d", "e"})
    EXPECT_EQ(cluster.view_of(host).substr(0, 1), host == std::string{"b"} ? "c" : "b");
  for (const auto* host : {"b", "c", "d", "e"}) {
    const auto story = cluster.story_of(host);
    EXPECT_NE(story.find("-a/1:failed"), std::string::npos) << story;
    EXPECT_EQ(story.find(":failed"), story.rfind(":failed")) << story;
  }
}

TEST_F(swim_story, two_deaf_nodes_kill_nobody_because_the_accused_do_not_count) {
  start_some(7);
  for (const auto* deaf : {"a", "b"})
    for (const auto* host : {"a", "b", "c", "d", "e", "f", "g"})
      cluster.cut(host, deaf);
  cluster.run_for(60s);
  for (const auto* host : {"c", "d", "e", "f", "g"}) {
    const auto story = cluster.story_of(host);
    EXPECT_NE(story.find("-a/1:failed"), std::string::npos) << story;
    EXPECT_NE(story.find("-b/1:failed"), std::string::npos) << story;
    EXPECT_EQ(cluster.at(host).members().size(), 4u) << story;
  }
}

TEST_F(swim_story, why_somebody_was_suspected_can_be_asked) {
  start_some(5);
  cluster.crash("e");
  cluster.run_for(1s);
  const auto report = cluster.at("a").why_suspected(cluster.id_of("e"));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject, cluster.life_of("e"));
  EXPECT_EQ(report->result, suspicion_report::outcome::failed);
  EXPECT_GE(report->accusations.size(), 2u);
  EXPECT_EQ(report->accusations.front().what, evidence::refused);
}

// -- saying something else -------------------------------------------------------------------------------

TEST_F(swim_story, what_a_node_says_about_itself_is_heard_by_all) {
  start_some(6);
  const metadata about{{"seed"}, {{"rack", "7"}}, "1.2"};
  cluster.say("c", about);
  cluster.run_for(500ms);
  EXPECT_EQ(cluster.count("updated"), 5);
  EXPECT_EQ(cluster.story_of("a"), "~c/1");
  EXPECT_TRUE(cluster.is_whole());
  for (const auto& other : cluster.at("a").members())
    EXPECT_EQ(other.about == about, other.name == "c");
}

// -- names ---------------------------------------------------------------------------------------------

TEST_F(swim_story, a_second_node_with_the_same_name_is_turned_away_with_a_sentence) {
  start_some(3);
  cluster.start({"b", "x", 44, {"a"}});
  cluster.run_for(30s);
  const auto story = cluster.story_of("x");
  EXPECT_NE(story.find("rejected: the name 'b' is taken by node"), std::string::npos) << story;
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/1");
}

TEST_F(swim_story, of_two_names_that_meet_after_a_partition_the_greater_node_id_yields) {
  cluster.start({"same", "p", 1, {}});
  cluster.start({"q", "q", 2, {"p"}});
  cluster.run_for(2s);
  cluster.start({"same", "x", 9, {}});
  cluster.start({"y", "y", 8, {"x", "p"}});
  cluster.run_for(60s);
  const auto story = cluster.story_of("x");
  EXPECT_NE(story.find("rejected: the name 'same' is taken"), std::string::npos) << story;
  EXPECT_EQ(cluster.count("rejected"), 1);
}

} // namespace
} // namespace chorus::membership::swim
