#include "mesh_world.hpp"

#include <gtest/gtest.h>

/// What happens to small clusters, told from start to end.
namespace chorus::membership::full_mesh {
namespace {

using namespace std::chrono_literals;

struct full_mesh_story : testing::Test {
  mesh_world world{1};

  bool becomes_whole(duration within = 10s) {
    return world.run_until([this] { return world.is_whole(); }, within);
  }

  void start_three() {
    world.start("a");
    world.start("b", {"a"});
    world.start("c", {"a"});
    ASSERT_TRUE(becomes_whole());
    for (const auto* host : {"a", "b", "c"})
      world.story_of(host);
  }
};

TEST_F(full_mesh_story, three_nodes_find_each_other_through_one_seed_in_a_few_round_trips) {
  world.start("a");
  world.start("b", {"a"});
  world.start("c", {"a"});
  EXPECT_TRUE(becomes_whole(500ms));
  EXPECT_EQ(world.view_of("a"), "b/1 c/1");
  EXPECT_EQ(world.story_of("a"), "+b/1 +c/1");
}

TEST_F(full_mesh_story, a_node_waits_for_a_seed_that_starts_later) {
  world.start("b", {"a"});
  world.run_for(60s);
  EXPECT_GT(world.count("seed_silent"), 2);
  world.start("a");
  EXPECT_TRUE(becomes_whole(6s));
  EXPECT_EQ(world.story_of("b"), "+a/1");
}

TEST_F(full_mesh_story, every_node_may_have_every_node_as_seed_itself_included) {
  for (const auto* host : {"a", "b", "c", "d"})
    world.start(host, {"a", "b", "c", "d"});
  EXPECT_TRUE(becomes_whole(500ms));
  world.run_for(60s);
  EXPECT_EQ(world.count("seed_silent"), 0);
}

TEST_F(full_mesh_story, a_crash_is_noticed_by_all_within_the_bound) {
  start_three();
  world.crash("c");
  world.run_for(2s + 5ms);
  EXPECT_EQ(world.story_of("a"), "-c/1:failed");
  EXPECT_EQ(world.story_of("b"), "-c/1:failed");
}

TEST_F(full_mesh_story, a_node_that_leaves_is_gone_at_once_and_nobody_looks_for_it) {
  start_three();
  world.leave("c");
  world.run_for(5ms);
  EXPECT_EQ(world.story_of("a"), "-c/1:left");
  EXPECT_EQ(world.story_of("b"), "-c/1:left");
}

TEST_F(full_mesh_story, a_farewell_that_is_lost_is_a_failure_a_little_later) {
  start_three();
  world.part({"c"}, {"a", "b"});
  world.leave("c");
  world.run_for(2s + 5ms);
  EXPECT_EQ(world.story_of("a"), "-c/1:failed");
}

TEST_F(full_mesh_story, a_restart_ends_the_old_life_before_the_new_one_begins) {
  start_three();
  world.crash("c");
  world.start("c", {"a"});
  EXPECT_TRUE(becomes_whole(2s));
  EXPECT_EQ(world.story_of("a"), "-c/1:restarted +c/2");
  EXPECT_EQ(world.story_of("b"), "-c/1:restarted +c/2");
}

TEST_F(full_mesh_story, a_seed_that_restarts_without_seeds_is_found_by_those_who_lost_it) {
  start_three();
  world.crash("a");
  world.run_for(10s);
  world.start("a");
  EXPECT_TRUE(becomes_whole(6s));
  EXPECT_EQ(world.story_of("b"), "-a/1:failed +a/2");
}

TEST_F(full_mesh_story, a_node_that_was_cut_off_starts_a_new_life_and_the_others_go_on) {
  start_three();
  world.part({"a"}, {"b", "c"});
  world.run_for(10s);
  EXPECT_EQ(world.story_of("a"), "-b/1:failed -c/1:failed");
  EXPECT_EQ(world.story_of("b"), "-a/1:failed");

  world.heal();
  EXPECT_TRUE(becomes_whole());
  EXPECT_EQ(world.story_of("a"), "declared_failed +c/1 +b/1");
  EXPECT_EQ(world.story_of("b"), "+a/2");
  EXPECT_EQ(world.story_of("c"), "-a/1:failed +a/2");
}

TEST_F(full_mesh_story, a_node_that_was_paused_accuses_nobody) {
  start_three();
  world.pause("a");
  world.run_for(30s);
  world.resume("a");
  EXPECT_TRUE(becomes_whole());
  EXPECT_EQ(world.story_of("a"), "declared_failed -b/1:failed -c/1:failed +b/1 +c/1");
  EXPECT_EQ(world.story_of("b"), "-a/1:failed +a/2");
  EXPECT_EQ(world.at("a").counters().accusations_sent, 0u);
}

TEST_F(full_mesh_story, halves_of_a_cluster_merge_and_only_one_half_starts_new_lives) {
  world.start("a");
  for (const auto* host : {"b", "c", "d"})
    world.start(host, {"a"});
  ASSERT_TRUE(becomes_whole());
  world.part({"a", "b"}, {"c", "d"});
  world.run_for(60s);
  EXPECT_EQ(world.view_of("a"), "b/1");
  EXPECT_EQ(world.view_of("d"), "c/1");
  EXPECT_GT(world.seen.cut, 0);

  world.heal();
  EXPECT_TRUE(becomes_whole(20s));
  EXPECT_EQ(world.view_of("a"), "b/1 c/2 d/2");
  EXPECT_EQ(world.count("declared_failed"), 2);
}

TEST_F(full_mesh_story, two_nodes_that_lose_their_link_meet_again_in_one_new_life) {
  world.start("a");
  world.start("b", {"a"});
  ASSERT_TRUE(becomes_whole());
  world.lose_link("b", "a");
  EXPECT_FALSE(world.is_whole());
  EXPECT_TRUE(becomes_whole());
  EXPECT_EQ(world.count("declared_failed"), 1);
}

TEST_F(full_mesh_story, a_second_node_with_the_same_name_is_turned_away_with_a_sentence) {
  start_three();
  world.start({.name = "b", .host = "x", .number = 9, .seeds = {"a"}});
  world.run_for(10s);
  EXPECT_EQ(
      world.story_of("x"),
      "rejected: the name 'b' is taken by node 00000000/1 at b:4000; start this node under another name or "
      "stop "
      "the other one"
  );
  EXPECT_EQ(world.story_of("a"), "");
}

TEST_F(full_mesh_story, a_newcomer_yields_its_name_even_to_a_node_that_is_still_alone) {
  world.start({.name = "same", .host = "x", .number = 9, .seeds = {}});
  world.run_for(5s);
  world.start({.name = "same", .host = "y", .number = 8, .seeds = {"x"}});
  world.run_for(10s);
  EXPECT_EQ(world.story_of("x"), "");
  EXPECT_NE(world.story_of("y").find("the name 'same' is taken by"), std::string::npos);
}

TEST_F(full_mesh_story, a_node_that_comes_back_under_a_new_id_waits_until_its_name_is_free) {
  start_three();
  world.crash("b");
  world.start({.name = "b", .host = "x", .number = 9, .seeds = {"a"}});
  EXPECT_TRUE(world.run_until([&] { return world.at("a").members().size() == 2; }, 6s));
  world.run_for(6s);
  EXPECT_EQ(world.story_of("a"), "-b/1:failed +x/1");
  EXPECT_EQ(world.count("rejected"), 0);
}

TEST_F(full_mesh_story, of_two_names_that_meet_after_a_partition_the_greater_node_id_yields) {
  world.start("a");
  world.start({.name = "same", .host = "x", .number = 8, .seeds = {"a"}});
  world.start("b");
  world.start({.name = "same", .host = "y", .number = 9, .seeds = {"b"}});
  world.run_for(5s);
  EXPECT_EQ(world.count("rejected"), 0);
  world.start("c", {"a", "b"});
  world.run_for(30s);
  EXPECT_EQ(world.count("rejected"), 1);
  EXPECT_NE(world.story_of("y").find("the name 'same' is taken by"), std::string::npos);
  world.leave("y");
  EXPECT_TRUE(becomes_whole());
}

TEST_F(full_mesh_story, a_copied_data_directory_is_found_out) {
  start_three();
  world.start({.name = "copy", .host = "x", .number = 3, .seeds = {"a"}}); // c's node id, in a later life
  world.run_for(10s);
  EXPECT_EQ(
      world.story_of("c"),
      "-a/1:failed -b/1:failed rejected: another process runs with the node id of this one: node 00000000/2 "
      "at x:4000, "
      "named 'copy'; every node needs a data directory of its own that was not copied from another node"
  );
}

} // namespace
} // namespace chorus::membership::full_mesh
