#include "army.hpp"

#include <chorus/consensus/generals/om.hpp>
#include <chorus/runtime/protocol_core.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace chorus::consensus::generals::om {
namespace {

using namespace std::chrono_literals;

static_assert(protocol_core<core>);

constexpr duration instant{1};

struct om_lieutenant : testing::Test {
  battle fought = battle_of(4, 1, 1);
  core lieutenant{fought};
  time_point start = fought.start;

  void hear(path by, order what, time_point at) {
    lieutenant.receive(at, fought.generals[by.back()], {fought.id, what, by});
  }
};

TEST_F(om_lieutenant, tells_the_others_at_the_end_of_the_round_what_it_was_told) {
  hear({0}, order::attack, start);
  EXPECT_TRUE(lieutenant.drain().empty());
  EXPECT_EQ(lieutenant.next_deadline(), start + 1s);
  lieutenant.tick(start + 1s - instant);
  EXPECT_TRUE(lieutenant.drain().empty());
  lieutenant.tick(start + 1s);
  auto output = lieutenant.drain();
  ASSERT_EQ(output.messages.size(), 2u);
  EXPECT_EQ(output.messages[0].to, fought.generals[2]);
  EXPECT_EQ(output.messages[1].to, fought.generals[3]);
  for (const auto& step : output.messages)
    EXPECT_EQ(step.message, (message{fought.id, order::attack, {0, 1}}));
  EXPECT_FALSE(output.decision);
}

TEST_F(om_lieutenant, decides_at_the_end_of_the_last_round_and_then_is_done) {
  hear({0}, order::attack, start);
  hear({0, 2}, order::attack, start + 1s);
  lieutenant.tick(start + 1s);
  EXPECT_EQ(lieutenant.next_deadline(), start + 2s);
  lieutenant.drain();
  lieutenant.tick(start + 2s - instant);
  EXPECT_TRUE(lieutenant.drain().empty());
  lieutenant.tick(start + 2s);
  EXPECT_EQ(lieutenant.drain().decision, decided{order::attack});
  EXPECT_EQ(lieutenant.decision(), order::attack);
  EXPECT_EQ(lieutenant.counters().silences, 1u);
  EXPECT_EQ(lieutenant.next_deadline(), std::nullopt);
  lieutenant.tick(start + 3s);
  EXPECT_TRUE(lieutenant.drain().empty());
}

TEST_F(om_lieutenant, retreats_and_says_so_when_nobody_speaks) {
  lieutenant.tick(start + 1s);
  auto output = lieutenant.drain();
  ASSERT_EQ(output.messages.size(), 2u);
  EXPECT_EQ(output.messages[0].message, (message{fought.id, order::retreat, {0, 1}}));
  lieutenant.tick(start + 2s);
  EXPECT_EQ(lieutenant.drain().decision, decided{order::retreat});
  EXPECT_EQ(lieutenant.counters().silences, 3u);
}

TEST_F(om_lieutenant, makes_up_for_rounds_in_which_it_did_not_run) {
  hear({0}, order::attack, start);
  hear({0, 3}, order::attack, start + 1s);
  lieutenant.tick(start + 10s);
  auto output = lieutenant.drain();
  EXPECT_EQ(output.messages.size(), 2u);
  EXPECT_EQ(output.decision, decided{order::attack});
}

TEST_F(om_lieutenant, hears_what_comes_before_the_round_is_over_and_not_at_its_end) {
  hear({0}, order::attack, start + 1s);
  EXPECT_EQ(lieutenant.counters().late, 1u);
  hear({0}, order::attack, start + 1s - instant);
  EXPECT_EQ(lieutenant.counters().heard, 1u);
  hear({0, 2}, order::attack, start + 2s);
  EXPECT_EQ(lieutenant.counters().late, 2u);
  hear({0, 2}, order::attack, start + 2s - instant);
  EXPECT_EQ(lieutenant.counters().heard, 2u);
}

TEST_F(om_lieutenant, hears_those_whose_clocks_are_ahead) {
  hear({0}, order::attack, start - 100ms);
  hear({0, 2}, order::attack, start + 900ms);
  EXPECT_EQ(lieutenant.counters().heard, 2u);
}

TEST_F(om_lieutenant, believes_the_first_of_two_messages_by_one_path) {
  hear({0}, order::attack, start);
  hear({0}, order::retreat, start);
  EXPECT_EQ(lieutenant.counters().duplicates, 1u);
  lieutenant.tick(start + 1s);
  EXPECT_EQ(lieutenant.drain().messages[0].message.what, order::attack);
}

TEST_F(om_lieutenant, does_not_hear_of_another_battle) {
  lieutenant.receive(start, fought.generals[0], {fought.id.next(), order::attack, {0}});
  EXPECT_EQ(lieutenant.counters().of_another_battle, 1u);
  EXPECT_EQ(lieutenant.counters().heard, 0u);
}

TEST_F(om_lieutenant, does_not_believe_a_path_that_ends_with_somebody_else_than_the_sender) {
  lieutenant.receive(start, fought.generals[2], {fought.id, order::attack, {0}});
  lieutenant.receive(start, fought.generals[3], {fought.id, order::attack, {0, 2}});
  auto later_life = fought.generals[0];
  later_life.incarnation = later_life.incarnation.next();
  lieutenant.receive(start, later_life, {fought.id, order::attack, {0}});
  EXPECT_EQ(lieutenant.counters().impossible, 3u);
}

TEST_F(om_lieutenant, does_not_believe_impossible_paths_and_orders) {
  const auto& sender = fought.generals[2];
  for (const auto& by :
       std::vector<path>{{}, {2}, {1, 2}, {0, 1, 2}, {0, 3, 2}, {0, 2, 2}, {0, 9}, {0, 255}, {0, 1}})
    lieutenant.receive(start, sender, {fought.id, order::attack, by});
  lieutenant.receive(start, sender, {fought.id, static_cast<order>(2), {0, 2}});
  EXPECT_EQ(lieutenant.counters().impossible, 10u);
  EXPECT_EQ(lieutenant.counters().heard, 0u);
}

struct om_commander : testing::Test {
  battle fought = battle_of(4, 1, commander);
  core general{fought};
};

TEST_F(om_commander, gives_the_order_to_everybody_and_obeys_it) {
  EXPECT_EQ(general.next_deadline(), fought.start + 1s);
  general.apply(fought.start, command{order::attack});
  auto output = general.drain();
  ASSERT_EQ(output.messages.size(), 3u);
  for (std::size_t to = 1; to < 4; ++to) {
    EXPECT_EQ(output.messages[to - 1].to, fought.generals[to]);
    EXPECT_EQ(output.messages[to - 1].message, (message{fought.id, order::attack, {0}}));
  }
  EXPECT_EQ(output.decision, decided{order::attack});
  EXPECT_EQ(general.next_deadline(), std::nullopt);
}

TEST_F(om_commander, is_commanded_once) {
  general.apply(fought.start, command{order::attack});
  general.drain();
  general.apply(fought.start, command{order::retreat});
  EXPECT_TRUE(general.drain().empty());
}

TEST_F(om_commander, retreats_in_silence_if_no_order_came_in_the_first_round) {
  general.apply(fought.start + 1s, command{order::attack});
  EXPECT_TRUE(general.drain().empty());
  general.tick(fought.start + 1s);
  auto output = general.drain();
  EXPECT_TRUE(output.messages.empty());
  EXPECT_EQ(output.decision, decided{order::retreat});
}

TEST_F(om_commander, believes_nobody) {
  general.receive(fought.start, fought.generals[1], {fought.id, order::attack, {0, 1}});
  EXPECT_EQ(general.counters().impossible, 1u);
}

TEST(om_death, comes_of_battles_that_cannot_be_fought) {
  core largest{battle_of(generals_limit, traitors_limit, 1)};
  EXPECT_DEATH(core{battle_of(generals_limit + 1, 1, 1)}, "too few or too many generals");
  EXPECT_DEATH(core{battle_of(generals_limit, traitors_limit + 1, 1)}, "more traitors");
  EXPECT_DEATH(core{battle_of(3, 2, 1)}, "no two generals are loyal");
  EXPECT_DEATH(core{battle_of(4, 1, 4)}, "not of the army");
  auto twins = battle_of(4, 1, 1);
  twins.generals[3] = twins.generals[2];
  EXPECT_DEATH(core{twins}, "named twice");
  auto timeless = battle_of(4, 1, 1);
  timeless.round = {};
  EXPECT_DEATH(core{timeless}, "without length");
}

TEST(om_death, comes_of_commanding_a_lieutenant) {
  core lieutenant{battle_of(4, 1, 1)};
  EXPECT_DEATH(lieutenant.apply({}, command{order::attack}), "a command to a lieutenant");
}

} // namespace
} // namespace chorus::consensus::generals::om
