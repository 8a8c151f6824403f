#include "stage.hpp"

#include <gtest/gtest.h>

#include <set>

namespace chorus::testing {
namespace {

using simulation::fault;
using simulation::node;

using texts = std::vector<std::string>;

struct a_node : ::testing::Test {
  a_node() { stage_.hear_the_news(); }

  simulation::world& world() { return stage_.world(); }
  void run_for(duration time) { world().run_for(time); }

  stage stage_{3};
  node& sender_ = stage_.node(0);
  node& node_ = stage_.node(1);
  diary& book_ = stage_.book(1);
};

// -- crash and restart ---------------------------------------------------------------------------------

TEST_F(a_node, keeps_its_name_through_its_lives_and_counts_them) {
  auto first = node_.self();
  node_.crash();
  EXPECT_FALSE(node_.is_running());
  EXPECT_FALSE(node_.is_awake());
  EXPECT_EQ(node_.running(), nullptr);
  node_.start();
  EXPECT_EQ(node_.self(), (peer{first.node, first.incarnation.next()}));
  EXPECT_EQ(world().find(first.node), &node_);
  EXPECT_EQ(world().find({1, 1}), nullptr);
}

TEST_F(a_node, loses_what_is_sent_to_it_while_it_is_down) {
  node_.crash();
  stage_.say(0, 1, "lost");
  run_for(1s);
  node_.start();
  stage_.say(0, 1, "heard");
  run_for(1s);
  EXPECT_EQ(book_.heard, texts{"heard"});
}

TEST_F(a_node, that_crashes_again_or_while_it_is_down_stays_as_it_is) {
  node_.crash();
  auto life = node_.self();
  node_.crash();
  node_.pause();
  node_.resume();
  EXPECT_EQ(node_.self(), life);
  EXPECT_FALSE(node_.is_paused());
  node_.start();
  EXPECT_DEATH(node_.start(), "one process");
}

TEST_F(a_node, that_crashes_while_all_kinds_of_things_are_under_way_forgets_all_of_them) {
  world().network().set_quality(exactly(5ms));
  auto& actor = stage_.actor(1);
  actor.timer().arm(node_.now() + 5ms);
  actor.write(7, "unanswered");
  stage_.say(0, 1, "to the old life");
  node_.pause();
  world().reset_connection(stage_.node(2), node_);
  node_.jump_clock(1h);
  node_.set_slowness(1ms);
  run_for(2ms);
  node_.crash();
  run_for(1s);
  node_.set_slowness({});
  node_.start();
  run_for(5s);
  EXPECT_EQ(book_.heard, texts{});
  EXPECT_TRUE(book_.woken.empty());
  EXPECT_TRUE(book_.persisted.empty());
  EXPECT_TRUE(book_.reconnected.empty());
}

TEST_F(a_node, sends_into_nowhere_without_harm) {
  stage_.actor(0).say({{42, 42}, {1}}, "is anybody there?");
  run_for(1s);
  EXPECT_EQ(world().network().under_way(), 0u);
}

// -- pause ---------------------------------------------------------------------------------------------

TEST_F(a_node, that_is_paused_hears_everything_in_order_when_it_is_resumed) {
  node_.pause();
  EXPECT_TRUE(node_.is_running());
  EXPECT_FALSE(node_.is_awake());
  for (const auto* text : {"a", "b", "c"})
    stage_.say(0, 1, text);
  run_for(1s);
  EXPECT_EQ(book_.heard, texts{});
  node_.resume();
  EXPECT_EQ(book_.heard, (texts{"a", "b", "c"}));
}

TEST_F(a_node, that_is_paused_keeps_packets_up_to_its_limit_and_counts_the_others_as_lost) {
  node_.pause();
  for (std::size_t count = 0; count < node::limit_waiting; ++count)
    stage_.say(0, 1, "room");
  run_for(1s);
  EXPECT_EQ(stage_.count(fault::lost), 0u);
  stage_.say(0, 1, "no room");
  run_for(1s);
  EXPECT_EQ(stage_.count(fault::lost), 1u);
  node_.resume();
  EXPECT_EQ(book_.heard.size(), node::limit_waiting);
  EXPECT_EQ(book_.heard.back(), "room");
}

TEST_F(a_node, that_is_paused_is_answered_by_its_disk_when_it_is_resumed) {
  stage_.actor(1).write(1, "x");
  node_.pause();
  run_for(1s);
  EXPECT_EQ(node_.disk().records().size(), 1u);
  EXPECT_TRUE(book_.persisted.empty());
  node_.resume();
  EXPECT_EQ(book_.persisted, std::vector<std::uint64_t>{1});
}

TEST_F(a_node, that_crashes_while_it_is_paused_is_not_paused_any_more) {
  node_.pause();
  stage_.say(0, 1, "to the old life");
  run_for(1s);
  node_.crash();
  node_.start();
  EXPECT_TRUE(node_.is_awake());
  run_for(1s);
  EXPECT_EQ(book_.heard, texts{});
}

// -- slowness ------------------------------------------------------------------------------------------

TEST_F(a_node, that_is_slow_hears_one_packet_after_the_other) {
  world().network().set_quality(exactly(1ms));
  node_.set_slowness(10ms);
  auto begin = world().now();
  for (const auto* text : {"a", "b", "c"})
    stage_.say(0, 1, text);
  run_for(1s);
  EXPECT_EQ(book_.heard, (texts{"a", "b", "c"}));
  EXPECT_EQ(book_.heard_at, (std::vector{begin + 11ms, begin + 21ms, begin + 31ms}));
}

TEST_F(a_node, that_is_not_slow_any_more_first_hears_what_has_waited) {
  world().network().set_quality(exactly(1ms));
  node_.set_slowness(10ms);
  stage_.say(0, 1, "a");
  stage_.say(0, 1, "b");
  run_for(2ms);
  node_.set_slowness({});
  stage_.say(0, 1, "c");
  run_for(1s);
  EXPECT_EQ(book_.heard, (texts{"a", "b", "c"}));
}

TEST_F(a_node, is_slow_until_it_has_heard_what_has_waited) {
  world().network().set_quality(exactly(1ms));
  EXPECT_FALSE(node_.is_slow());
  node_.set_slowness(10ms);
  EXPECT_TRUE(node_.is_slow());
  stage_.say(0, 1, "a");
  run_for(2ms);
  node_.set_slowness({});
  EXPECT_TRUE(node_.is_slow());
  run_for(1s);
  EXPECT_FALSE(node_.is_slow());
}

TEST_F(a_node, hears_what_has_waited_before_what_arrives_at_the_same_moment) {
  node_.set_slowness(8ms);
  world().network().set_quality({0, 1}, exactly(10ms));
  world().network().set_quality({2, 1}, exactly(2ms));
  stage_.say(2, 1, "arrives after 2 ms, is heard after 10");
  stage_.say(0, 1, "arrives after 10 ms");
  run_for(5ms);
  node_.set_slowness({});
  run_for(1s);
  EXPECT_EQ(book_.heard, (texts{"arrives after 2 ms, is heard after 10", "arrives after 10 ms"}));
}

TEST_F(a_node, that_is_slow_keeps_packets_up_to_its_limit_and_counts_the_others_as_lost) {
  node_.set_slowness(1s);
  for (std::size_t count = 0; count < node::limit_waiting; ++count)
    stage_.say(0, 1, "room");
  run_for(500ms);
  EXPECT_EQ(stage_.count(fault::lost), 0u);
  stage_.say(0, 1, "no room");
  run_for(1ms);
  EXPECT_EQ(stage_.count(fault::lost), 1u);
  run_for(1h);
  EXPECT_EQ(book_.heard.size(), node::limit_waiting);
}

TEST_F(a_node, that_restarts_has_an_empty_buffer_although_it_was_slow) {
  node_.set_slowness(1s);
  for (std::size_t count = 0; count < node::limit_waiting; ++count)
    stage_.say(0, 1, "to the old life");
  run_for(500ms);
  node_.crash();
  node_.start();
  stage_.say(0, 1, "to the new life");
  run_for(2s);
  EXPECT_EQ(book_.heard, texts{"to the new life"});
  EXPECT_EQ(stage_.count(fault::lost), 0u);
  run_for(1h);
  EXPECT_EQ(book_.heard, texts{"to the new life"});
}

TEST_F(a_node, that_is_slow_and_paused_hears_everything_in_order) {
  world().network().set_quality(exactly(1ms));
  node_.set_slowness(10ms);
  for (const auto* text : {"a", "b", "c"})
    stage_.say(0, 1, text);
  run_for(15ms);
  node_.pause();
  run_for(1s);
  EXPECT_EQ(book_.heard, texts{"a"});
  stage_.say(0, 1, "d");
  run_for(1s);
  node_.resume();
  run_for(1s);
  EXPECT_EQ(book_.heard, (texts{"a", "b", "c", "d"}));
}

// -- clocks --------------------------------------------------------------------------------------------

TEST_F(a_node, has_a_clock_that_nobody_can_compare_with_anothers) {
  EXPECT_NE(node_.now(), sender_.now());
  auto before = node_.now();
  run_for(1s);
  EXPECT_EQ(node_.now(), before + 1s);
  node_.jump_clock(1h);
  EXPECT_EQ(node_.now(), before + 1s + 1h);
}

// -- lives ---------------------------------------------------------------------------------------------

TEST_F(a_node, hears_of_every_life_of_every_other) {
  for (simulation::node_index each = 0; each < 3; ++each) {
    const auto& lives = stage_.book(each).lives;
    EXPECT_EQ((std::set<peer>{lives.begin(), lives.end()}.size()), 2u) << each;
  }
  book_.lives.clear();
  sender_.crash();
  sender_.start();
  auto second = sender_.self();
  run_for(1s);
  sender_.crash();
  sender_.start();
  run_for(1s);
  EXPECT_EQ(sender_.self(), (peer{second.node, second.incarnation.next()}));
  EXPECT_EQ(book_.lives, (std::vector{second, sender_.self()}));
}

TEST_F(a_node, that_restarts_hears_of_everybody_that_runs) {
  stage_.node(2).crash();
  node_.crash();
  book_.lives.clear();
  node_.start();
  run_for(1s);
  EXPECT_EQ(book_.lives, std::vector{sender_.self()});
  stage_.node(2).start();
  run_for(1s);
  EXPECT_EQ(book_.lives, (std::vector{sender_.self(), stage_.node(2).self()}));
}

TEST_F(a_node, hears_all_news_however_many_packets_it_has_waiting) {
  book_.lives.clear();
  node_.pause();
  for (std::size_t count = 0; count <= node::limit_waiting; ++count)
    stage_.say(0, 1, "x");
  run_for(1s);
  stage_.node(2).crash();
  stage_.node(2).start();
  run_for(1s);
  node_.resume();
  EXPECT_EQ(book_.lives, std::vector{stage_.node(2).self()});
}

TEST_F(a_node, never_hears_of_a_life_that_is_over) {
  book_.lives.clear();
  for (int times = 0; times < 100; ++times) {
    sender_.crash();
    sender_.start();
  }
  run_for(1s);
  EXPECT_EQ(book_.lives, std::vector{sender_.self()});
}

TEST(names_of_nodes, are_letters_as_long_as_there_are_letters) {
  EXPECT_EQ(simulation::node_name(0), "A");
  EXPECT_EQ(simulation::node_name(25), "Z");
  EXPECT_EQ(simulation::node_name(26), "node 27");
}

} // namespace
} // namespace chorus::testing
