#include <chorus/membership/swim/roll_call.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

peer life(std::uint64_t number) {
  return {{0, number}, {1}};
}

std::set<peer> lives(std::uint64_t from, std::uint64_t to) {
  std::set<peer> all;
  for (auto n = from; n <= to; ++n)
    all.insert(life(n));
  return all;
}

standing of(std::uint32_t members, std::uint64_t least, std::uint64_t self) {
  return {members, {0, least}, {0, self}};
}

/// The node is 5, its members are 6 to 9.
struct roll_call_test : testing::Test {
  roll_call roll{{1}, {}, lives(6, 9), 4};
  node_id self{0, 5};
};

TEST_F(roll_call_test, finds_only_this_node_where_nobody_answers) {
  EXPECT_EQ(roll.weigh(self), of(1, 5, 5));
}

TEST_F(roll_call_test, counts_who_answers_once_and_no_stranger) {
  roll.answered(life(7));
  roll.answered(life(7));
  roll.answered(life(3));
  EXPECT_EQ(roll.weigh(self), of(2, 5, 5));
}

TEST_F(roll_call_test, does_not_count_judges_even_if_they_answer) {
  roll.answered(life(6));
  roll.answered(life(7));
  roll.accused({life(7), {"g", 1}, of(2, 7, 7)});
  EXPECT_EQ(roll.weigh(self), of(2, 5, 5));
}

TEST_F(roll_call_test, is_outweighed_by_more_members) {
  roll.answered(life(6));
  roll.accused({life(2), {"b", 1}, of(3, 2, 2)});
  ASSERT_NE(roll.find_outweighing(self), nullptr);
  EXPECT_EQ(roll.find_outweighing(self)->who, life(2));
}

TEST_F(roll_call_test, is_not_outweighed_by_fewer) {
  for (std::uint64_t n = 6; n <= 9; ++n)
    roll.answered(life(n));
  roll.accused({life(2), {"b", 1}, of(4, 1, 2)});
  EXPECT_EQ(roll.find_outweighing(self), nullptr);
}

TEST_F(roll_call_test, of_equals_yields_to_the_side_with_the_least_node) {
  roll.answered(life(6));
  roll.accused({life(8), {"h", 1}, of(2, 8, 8)});
  EXPECT_EQ(roll.find_outweighing(self), nullptr);
  roll.accused({life(2), {"b", 1}, of(2, 2, 2)});
  EXPECT_NE(roll.find_outweighing(self), nullptr);
}

TEST_F(roll_call_test, takes_the_latest_word_of_a_judge_and_drops_who_starts_anew) {
  roll.accused({life(2), {"b", 1}, of(9, 2, 2)});
  roll.accused({life(2), {"b", 1}, of(1, 2, 2)});
  EXPECT_EQ(roll.judges().size(), 1u);
  roll.settle(life(2).node);
  EXPECT_EQ(roll.find_outweighing(self), nullptr);
}

TEST_F(roll_call_test, lets_some_speak_for_all_where_there_are_too_many_to_ask) {
  roll_call sampled{{1}, {}, lives(100, 163), 640};
  for (std::uint64_t n = 100; n < 132; ++n)
    sampled.answered(life(n));
  EXPECT_EQ(sampled.weigh(self).members, 321u);
}

TEST_F(roll_call_test, names_those_who_have_not_answered_to_be_asked_once_more) {
  roll.ask_again_at(time_point{std::chrono::seconds{1}});
  auto everybody = lives(6, 9);
  roll.answered(*everybody.begin());
  everybody.erase(everybody.begin());
  EXPECT_EQ(roll.take_absent(), everybody);
  EXPECT_FALSE(roll.asks_again_at());
}

TEST_F(roll_call_test, remembers_a_bounded_number_of_judges) {
  for (std::uint64_t n = 100; n < 100 + 2 * roll_call::judges_limit; ++n)
    roll.accused({life(n), {"x", 1}, of(2, n, n)});
  EXPECT_EQ(roll.judges().size(), roll_call::judges_limit);
}

} // namespace
} // namespace chorus::membership::swim
