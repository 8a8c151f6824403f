#include "stage.hpp"

#include <chorus/simulation/network.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace chorus::testing {
namespace {

using simulation::fault;
using simulation::link_quality;

using texts = std::vector<std::string>;

/// Three nodes that send numbered packets; nothing but packets happens.
struct the_network : ::testing::Test {
  the_network() { stage_.hear_the_news(); }

  void say_numbers(std::size_t count) {
    for (std::size_t number = 0; number < count; ++number)
      stage_.say(0, 1, std::to_string(number));
  }
  const texts& heard(simulation::node_index who = 1) { return stage_.book(who).heard; }
  void run_for(duration time) { stage_.world().run_for(time); }
  simulation::network& network() { return stage_.world().network(); }

  stage stage_{3};
};

TEST_F(the_network, does_no_harm_by_itself_and_keeps_the_order_of_each_direction) {
  say_numbers(1000);
  run_for(1s);
  ASSERT_EQ(heard().size(), 1000u);
  for (std::size_t number = 0; number < 1000; ++number)
    EXPECT_EQ(heard()[number], std::to_string(number));
  for (std::size_t kind = 0; kind < simulation::fault_kinds; ++kind)
    EXPECT_EQ(stage_.count(static_cast<fault>(kind)), 0u);
}

TEST_F(the_network, names_the_life_that_sent_a_packet_even_if_it_has_ended_since) {
  network().set_quality(exactly(10ms));
  auto life = stage_.node(0).self();
  stage_.say(0, 1, "farewell");
  stage_.node(0).crash();
  stage_.node(0).start();
  run_for(1s);
  EXPECT_EQ(stage_.book(1).senders, std::vector{life});
  EXPECT_NE(stage_.node(0).self(), life);
}

TEST_F(the_network, loses_each_packet_that_it_counts_as_lost) {
  link_quality quality;
  quality.loss = 0.3;
  network().set_quality(quality);
  say_numbers(1000);
  run_for(1s);
  EXPECT_GT(stage_.count(fault::lost), 200u);
  EXPECT_LT(stage_.count(fault::lost), 400u);
  EXPECT_EQ(heard().size() + stage_.count(fault::lost), 1000u);
}

TEST_F(the_network, loses_only_what_is_larger_than_passes_in_that_direction) {
  network().set_largest({0, 1}, 3);
  stage_.say(0, 1, "ant");
  stage_.say(0, 1, "bear");
  stage_.say(1, 0, "bear");
  run_for(1s);
  EXPECT_EQ(heard(), texts{"ant"});
  EXPECT_EQ(heard(0), texts{"bear"});
  EXPECT_EQ(stage_.count(fault::too_large), 1u);
}

TEST_F(the_network, lets_each_packet_arrive_twice_that_it_counts_as_duplicated) {
  link_quality quality;
  quality.duplication = 0.3;
  network().set_quality(quality);
  say_numbers(1000);
  run_for(1s);
  EXPECT_GT(stage_.count(fault::duplicated), 200u);
  EXPECT_EQ(heard().size(), 1000u + stage_.count(fault::duplicated));
  EXPECT_EQ((std::set<std::string>{heard().begin(), heard().end()}.size()), 1000u);
}

TEST_F(the_network, counts_each_packet_that_was_overtaken) {
  link_quality quality;
  quality.reordering = 0.2;
  network().set_quality(quality);
  say_numbers(1000);
  run_for(1s);
  ASSERT_EQ(heard().size(), 1000u);
  std::uint64_t overtaken = 0;
  for (int newest = -1; const auto& text : heard()) {
    overtaken += std::stoi(text) < newest ? 1 : 0;
    newest = std::max(newest, std::stoi(text));
  }
  EXPECT_GT(overtaken, 0u);
  EXPECT_EQ(stage_.count(fault::overtaken), overtaken);
}

TEST_F(the_network, alters_each_packet_that_it_counts_as_corrupted) {
  link_quality quality;
  quality.corruption = 0.5;
  network().set_quality(quality);
  for (int times = 0; times < 1000; ++times)
    stage_.say(0, 1, "truth");
  run_for(1s);
  auto altered = std::ranges::count_if(heard(), [](const auto& text) { return text != "truth"; });
  EXPECT_GT(altered, 400);
  EXPECT_EQ(stage_.count(fault::corrupted), static_cast<std::uint64_t>(altered));
}

TEST_F(the_network, alters_empty_packets_too) {
  link_quality quality;
  quality.corruption = 1;
  network().set_quality(quality);
  for (int times = 0; times < 100; ++times)
    stage_.say(0, 1, "");
  run_for(1s);
  EXPECT_EQ(stage_.count(fault::corrupted), 100u);
  EXPECT_EQ(std::ranges::count(heard(), ""), 0);
}

TEST_F(the_network, draws_delays_from_the_range_of_the_link) {
  link_quality quality;
  quality.delay = {2ms, 7ms, 0, 1s};
  quality.reordering = 1; // each packet by itself
  network().set_quality(quality);
  auto begin = stage_.world().now();
  say_numbers(1000);
  run_for(1s);
  auto [first, last] = std::ranges::minmax(stage_.book(1).heard_at);
  EXPECT_GE(first, begin + 2ms);
  EXPECT_LT(first, begin + 3ms);
  EXPECT_LE(last, begin + 7ms);
  EXPECT_GT(last, begin + 6ms);
}

TEST_F(the_network, doubles_some_delays_up_to_the_longest) {
  link_quality quality;
  quality.delay = {1ms, 1ms, 0.5, 10ms};
  quality.reordering = 1;
  network().set_quality(quality);
  auto begin = stage_.world().now();
  say_numbers(1000);
  run_for(1s);
  std::set<duration> delays;
  for (auto when : stage_.book(1).heard_at)
    delays.insert(when - begin);
  EXPECT_EQ(delays, (std::set<duration>{1ms, 2ms, 4ms, 8ms, 10ms}));
}

TEST_F(the_network, gives_one_direction_a_quality_of_its_own) {
  link_quality dead;
  dead.loss = 1;
  network().set_quality({0, 1}, dead);
  stage_.say(0, 1, "there");
  stage_.say(1, 0, "back");
  stage_.say(0, 2, "elsewhere");
  run_for(1s);
  EXPECT_EQ(heard(1), texts{});
  EXPECT_EQ(heard(0), texts{"back"});
  EXPECT_EQ(heard(2), texts{"elsewhere"});
}

TEST_F(the_network, loses_what_is_over_its_limit_in_one_direction_and_not_what_is_at_it) {
  network().set_quality(exactly(10ms));
  say_numbers(simulation::network::limit_under_way);
  EXPECT_EQ(stage_.count(fault::lost), 0u);
  stage_.say(0, 1, "too much");
  stage_.say(0, 2, "room here");
  EXPECT_EQ(stage_.count(fault::lost), 1u);
  EXPECT_EQ(network().under_way(), simulation::network::limit_under_way + 1);
  run_for(1s);
  EXPECT_EQ(heard().size(), simulation::network::limit_under_way);
  EXPECT_EQ(network().under_way(), 0u);
  stage_.say(0, 1, "room again");
  run_for(1s);
  EXPECT_EQ(heard().back(), "room again");
}

// -- partitions --------------------------------------------------------------------------------------

TEST_F(the_network, cuts_off_what_is_sent_into_a_closed_direction) {
  auto cut = network().close({{0, 1}});
  stage_.say(0, 1, "there");
  stage_.say(1, 0, "back");
  run_for(1s);
  EXPECT_EQ(heard(1), texts{});
  EXPECT_EQ(heard(0), texts{"back"});
  EXPECT_EQ(stage_.count(fault::cut_off), 1u);
  network().heal(cut);
  stage_.say(0, 1, "again");
  run_for(1s);
  EXPECT_EQ(heard(1), texts{"again"});
}

TEST_F(the_network, cuts_off_what_is_under_way_when_a_direction_closes) {
  network().set_quality(exactly(10ms));
  stage_.say(0, 1, "late");
  network().close({{0, 1}});
  run_for(1s);
  EXPECT_EQ(heard(), texts{});
  EXPECT_EQ(stage_.count(fault::cut_off), 1u);
}

TEST_F(the_network, cuts_off_what_was_under_way_even_if_the_direction_opens_before_it_would_arrive) {
  network().set_quality(exactly(10ms));
  stage_.say(0, 1, "late");
  auto cut = network().close({{0, 1}});
  run_for(1ms);
  network().heal(cut);
  stage_.say(0, 1, "after");
  run_for(1s);
  EXPECT_EQ(heard(), texts{"after"});
  EXPECT_EQ(stage_.count(fault::cut_off), 1u);
}

TEST_F(the_network, opens_a_direction_when_the_last_of_several_partitions_heals) {
  auto first = network().part({0});
  auto second = network().close({{0, 1}});
  network().heal(first);
  EXPECT_FALSE(network().is_open({0, 1}));
  EXPECT_TRUE(network().is_open({1, 0}));
  network().heal(first); // has healed already
  EXPECT_FALSE(network().is_open({0, 1}));
  network().heal(second);
  EXPECT_TRUE(network().is_open({0, 1}));
}

TEST_F(the_network, parts_a_group_from_the_others_in_both_directions_and_from_nobody_inside) {
  network().part({0, 2});
  for (simulation::node_index from = 0; from < 3; ++from)
    for (simulation::node_index to = 0; to < 3; ++to)
      EXPECT_EQ(network().is_open({from, to}), (from == 1) == (to == 1)) << from << ' ' << to;
  network().part({1});
  network().heal_all();
  for (simulation::node_index from = 0; from < 3; ++from)
    for (simulation::node_index to = 0; to < 3; ++to)
      EXPECT_TRUE(network().is_open({from, to}));
}

TEST_F(the_network, keeps_partitions_and_what_is_under_way_when_a_node_is_added) {
  network().set_quality(exactly(10ms));
  stage_.say(0, 2, "under way");
  auto cut = network().close({{2, 0}, {1, 2}});
  stage_.world().add_node("late", [](simulation::node&) -> std::unique_ptr<simulation::process> {
    return nullptr;
  });
  EXPECT_FALSE(network().is_open({2, 0}));
  EXPECT_FALSE(network().is_open({1, 2}));
  EXPECT_TRUE(network().is_open({3, 0}));
  network().heal(cut);
  run_for(1s);
  EXPECT_EQ(heard(2), texts{"under way"});
}

// -- connections -------------------------------------------------------------------------------------

TEST_F(the_network, loses_what_is_under_way_in_both_directions_when_a_connection_is_reset) {
  network().set_quality(exactly(10ms));
  stage_.say(0, 1, "there");
  stage_.say(1, 0, "back");
  stage_.say(0, 2, "elsewhere");
  stage_.world().reset_connection(stage_.node(0), stage_.node(1));
  stage_.say(0, 1, "afterwards");
  run_for(1s);
  EXPECT_EQ(heard(1), texts{"afterwards"});
  EXPECT_EQ(heard(0), texts{});
  EXPECT_EQ(heard(2), texts{"elsewhere"});
  EXPECT_EQ(stage_.count(fault::connection_reset), 1u);
  EXPECT_EQ(network().under_way(), 0u);
}

TEST_F(the_network, tells_both_ends_of_a_reset) {
  stage_.world().reset_connection(stage_.node(0), stage_.node(1));
  EXPECT_EQ(stage_.book(0).reconnected, std::vector{stage_.node(1).self().node});
  EXPECT_EQ(stage_.book(1).reconnected, std::vector{stage_.node(0).self().node});
  EXPECT_TRUE(stage_.book(2).reconnected.empty());
}

TEST_F(the_network, does_not_let_a_new_connection_wait_for_packets_of_the_old) {
  network().set_quality(exactly(1h));
  stage_.say(0, 1, "very late");
  stage_.world().reset_connection(stage_.node(0), stage_.node(1));
  network().set_quality(exactly(1ms));
  stage_.say(0, 1, "soon");
  run_for(10ms);
  EXPECT_EQ(heard(), texts{"soon"});
}

// -- altered bytes -----------------------------------------------------------------------------------

TEST(altered_bytes, are_never_the_same_bytes) {
  random_generator chance{1};
  for (int times = 0; times < 1000; ++times)
    for (const auto* text : {"", "x", "some longer text"}) {
      auto bytes = bytes_of(text);
      simulation::corrupt_bytes(bytes, chance);
      EXPECT_NE(text_of(bytes), text);
    }
}

} // namespace
} // namespace chorus::testing
