#include "world.hpp"

#include <chorus/membership/swim/succession.hpp>

#include <gtest/gtest.h>

#include <string>

/// A later life at another address is taken when the earlier one is dead; a copy of a data directory is not.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

struct succession_test : testing::Test {
  using advice = succession::advice;

  time_point start{1h};
  succession claim{start, {{{0, 1}, {2}}, "heir", {"x", 1}}};
};

TEST_F(succession_test, waits_for_news_of_the_member) {
  EXPECT_EQ(claim.hear(start, std::nullopt), advice::wait);
  EXPECT_EQ(claim.hear(start + 1s, start), advice::wait);
}

TEST_F(succession_test, is_refused_after_each_sign_of_life) {
  EXPECT_EQ(claim.hear(start + 2s, start + 1s), advice::refuse);
  EXPECT_EQ(claim.hear(start + 3s, start + 1s), advice::wait);
  EXPECT_EQ(claim.hear(start + 4s, start + 3s), advice::refuse);
}

TEST_F(succession_test, is_taken_when_the_member_does_not_answer_and_is_silent_since) {
  claim.vacate(start + 1s);
  EXPECT_EQ(claim.hear(start + 1s, start), advice::take);
  EXPECT_EQ(claim.hear(start + 3s, start + 2s), advice::refuse);
}

struct succession_story : testing::Test {
  world cluster{1};

  void start_some(int count) {
    cluster.start("a");
    for (auto letter = 'b'; letter < 'a' + count; ++letter)
      cluster.start(std::string(1, letter), {"a"});
    ASSERT_TRUE(cluster.run_until([this] { return cluster.is_calm(); }, 20s));
    cluster.run_for(3s);
    cluster.forget_stories();
  }

  bool becomes_whole(duration within) {
    return cluster.run_until([this] { return cluster.is_whole(); }, within);
  }
};

TEST_F(succession_story, a_copied_data_directory_is_refused_and_the_first_process_goes_on_undisturbed) {
  start_some(3);
  cluster.start({"copy", "x", 2, {"a"}});
  cluster.run_for(40s);
  const auto story = cluster.story_of("x");
  EXPECT_NE(story.find("rejected: another process runs with the node id"), std::string::npos) << story;
  EXPECT_EQ(cluster.view_of("x"), "");
  for (const auto* host : {"a", "b", "c"})
    EXPECT_EQ(cluster.story_of(host), "") << host;
}

TEST_F(succession_story, a_copy_is_refused_also_by_the_process_that_it_is_a_copy_of) {
  start_some(3);
  cluster.start({"copy", "x", 2, {"b"}});
  cluster.run_for(40s);
  const auto story = cluster.story_of("x");
  EXPECT_NE(story.find("rejected: another process runs with the node id"), std::string::npos) << story;
  for (const auto* host : {"a", "b", "c"})
    EXPECT_EQ(cluster.story_of(host), "") << host;
}

TEST_F(succession_story, the_same_copy_started_twice_is_refused) {
  for (const auto* seed : {"a", "b"}) {
    cluster = world{1};
    start_some(3);
    cluster.start({.name = "copy", .host = "x", .number = 2, .seeds = {seed}, .is_twin = true});
    cluster.run_for(40s);
    const auto story = cluster.story_of("x");
    EXPECT_NE(story.find("rejected: another process runs with the node id"), std::string::npos) << story;
    EXPECT_EQ(cluster.view_of("x"), "");
    for (const auto* host : {"a", "b", "c"})
      EXPECT_EQ(cluster.story_of(host), "") << host;
  }
}

/// A member may look for somebody at the address of the copy. The answer is a question, too, after which the
/// next one need not wait for longer.
TEST_F(succession_story, a_copy_that_is_asked_itself_is_refused_as_soon) {
  start_some(3);
  cluster.start({.name = "copy", .host = "x", .number = 2, .seeds = {"a"}, .is_twin = true});
  cluster.run_for(4500ms);
  hello question;
  question.self = cluster.at("a").self();
  question.is_in = true;
  question.asked_at = cluster.at("x").self().where;
  cluster.tell("x", cluster.life_of("a"), {question, {}});
  cluster.run_for(3s);
  EXPECT_NE(cluster.story_of("x").find("rejected: another process"), std::string::npos);
}

TEST_F(succession_story, a_copy_takes_the_place_of_a_process_that_dies_meanwhile) {
  start_some(3);
  cluster.start({"b", "x", 2, {"a"}});
  cluster.run_for(3s);
  EXPECT_EQ(cluster.view_of("x"), "");
  cluster.vanish("b");
  EXPECT_TRUE(becomes_whole(5s)) << cluster.views();
  EXPECT_EQ(cluster.count("rejected"), 0);
}

TEST_F(succession_story, after_a_kill_a_restart_elsewhere_waits_for_a_refused_connection_only) {
  start_some(4);
  cluster.crash("c");
  cluster.start({"c", "elsewhere", 3, {"a"}});
  EXPECT_TRUE(becomes_whole(300ms)) << cluster.views();
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/2 d/1");
  EXPECT_EQ(cluster.count("refused"), 0);
}

TEST_F(succession_story, after_the_end_of_a_machine_a_restart_elsewhere_waits_for_a_period) {
  start_some(4);
  cluster.vanish("c");
  cluster.start({"c", "elsewhere", 3, {"a"}});
  EXPECT_TRUE(becomes_whole(1100ms)) << cluster.views();
  EXPECT_EQ(cluster.count("refused"), 0);
}

TEST_F(succession_story, a_restart_at_the_same_address_waits_for_nothing) {
  start_some(4);
  cluster.crash("c");
  cluster.start("c", {"a"});
  EXPECT_TRUE(becomes_whole(100ms)) << cluster.views();
}

} // namespace
} // namespace chorus::membership::swim
