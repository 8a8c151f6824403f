#include "register_story.hpp"

#include <chorus/simulation/history/linearizability.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::register_story;
using enum linearizability_verdict;

TEST(linearizability, holds_when_nothing_happens) {
  EXPECT_EQ(register_story{}.check().verdict, linearizable);
}

TEST(linearizability, holds_for_operations_one_at_a_time) {
  register_story story;
  story.reads(1, 0);
  story.writes(2, 1);
  story.reads(1, 1);
  story.swaps(2, 1, 2, true);
  story.reads(1, 2);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(linearizability, is_broken_by_a_stale_read_after_a_write) {
  register_story story;
  story.writes(1, 1);
  story.reads(2, 0);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

TEST(linearizability, lets_a_read_during_a_write_see_the_old_or_the_new_value) {
  for (std::int64_t seen : {0, 1}) {
    register_story story;
    auto writing = story.begins_write(1, 1);
    story.reads(2, seen);
    story.written(writing);
    EXPECT_EQ(story.check().verdict, linearizable) << seen;
  }
}

TEST(linearizability, is_broken_by_a_value_that_nobody_wrote) {
  register_story story;
  auto writing = story.begins_write(1, 1);
  story.reads(2, 2);
  story.written(writing);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

// Herlihy and Wing call what this register does "regular": one read sees the new value, the next the old one.
TEST(linearizability, is_broken_by_a_new_old_inversion) {
  register_story story;
  auto writing = story.begins_write(1, 1);
  story.reads(2, 1);
  story.reads(3, 0);
  story.written(writing);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

TEST(linearizability, lets_overlapping_reads_see_new_and_old) {
  register_story story;
  auto writing = story.begins_write(1, 1);
  auto slow = story.begins_read(3);
  story.reads(2, 1);
  story.has_read(slow, 0);
  story.written(writing);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(linearizability, is_broken_by_two_readers_that_see_two_writes_in_different_orders) {
  for (bool different : {false, true}) {
    register_story story;
    auto first = story.begins_write(1, 1);
    auto second = story.begins_write(2, 2);
    auto ada = story.begins_read(3);
    auto bob = story.begins_read(4);
    story.has_read(ada, 1);
    story.has_read(bob, different ? 2 : 1);
    ada = story.begins_read(3);
    bob = story.begins_read(4);
    story.has_read(ada, 2);
    story.has_read(bob, different ? 1 : 2);
    story.written(first);
    story.written(second);
    EXPECT_EQ(story.check().verdict, different ? not_linearizable : linearizable);
  }
}

TEST(linearizability, is_broken_by_a_lost_update_of_compare_and_set) {
  for (bool both : {false, true}) {
    register_story story;
    auto first = story.begins_swap(1, 0, 1);
    auto second = story.begins_swap(2, 0, 2);
    story.swapped(first, true);
    story.swapped(second, both);
    story.reads(3, 1);
    EXPECT_EQ(story.check().verdict, both ? not_linearizable : linearizable);
  }
}

// A checker that ignores operations without an answer takes this for a violation.
TEST(open_operation, may_take_effect_before_a_read_that_sees_it) {
  register_story story;
  story.begins_write(1, 1);
  story.reads(2, 1);
  EXPECT_EQ(story.check().verdict, linearizable);

  register_story without;
  without.reads(2, 1);
  EXPECT_EQ(without.check().verdict, not_linearizable);
}

// One that believes that it ended when its client gave up takes this for a violation.
TEST(open_operation, may_take_effect_long_after) {
  register_story story;
  story.begins_write(1, 1);
  story.reads(2, 0);
  story.writes(2, 2);
  story.reads(2, 2);
  story.reads(3, 1);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(open_operation, may_never_take_effect) {
  register_story story;
  story.begins_write(1, 1);
  story.begins_swap(4, 0, 3);
  for (int i = 0; i < 10; ++i)
    story.reads(2, 0);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(open_operation, does_not_take_effect_before_it_is_invoked) {
  register_story story;
  story.reads(2, 1);
  story.begins_write(1, 1);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

TEST(open_operation, does_not_vanish_after_it_was_seen) {
  register_story story;
  story.begins_write(1, 1);
  story.reads(2, 1);
  story.reads(2, 0);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

TEST(open_operation, does_not_take_effect_twice) {
  for (bool two : {false, true}) {
    register_story story;
    story.begins_write(1, 1);
    if (two)
      story.begins_write(1, 1);
    story.reads(2, 1);
    story.writes(2, 2);
    story.reads(2, 1);
    EXPECT_EQ(story.check().verdict, two ? linearizable : not_linearizable);
  }
}

TEST(open_operation, may_need_another_open_one_before_it) {
  register_story story;
  story.begins_swap(1, 2, 3);
  story.begins_swap(2, 1, 2);
  story.begins_swap(3, 0, 1);
  story.reads(4, 3);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(open_operation, may_take_effect_between_two_answered_ones_that_overlap_it) {
  register_story story;
  story.begins_swap(1, 1, 2);
  auto writing = story.begins_write(2, 1);
  auto swapping = story.begins_swap(3, 2, 3);
  story.swapped(swapping, true);
  story.written(writing);
  story.reads(2, 3);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(refused_operation, is_no_part_of_the_history) {
  register_story story;
  story.refused(story.begins_write(1, 1));
  story.reads(2, 0);
  EXPECT_EQ(story.check().verdict, linearizable);
  story.reads(2, 1);
  EXPECT_EQ(story.check().verdict, not_linearizable);
}

// Placed as early as it fits, the slow write of what is there already would be lost for the read that needs
// it.
TEST(linearizability, lets_a_write_of_the_present_value_take_effect_later) {
  register_story story;
  auto slow = story.begins_write(1, 0);
  story.reads(2, 0);
  story.writes(2, 1);
  story.reads(2, 1);
  story.reads(2, 0);
  story.written(slow);
  EXPECT_EQ(story.check().verdict, linearizable);
}

TEST(linearizability, judges_each_key_by_itself) {
  register_story story;
  story.writes(1, 1);
  story.turns_to("y");
  story.reads(2, 0);
  EXPECT_EQ(story.check().verdict, linearizable);
  story.turns_to("x");
  story.reads(2, 0);
  auto result = story.check();
  EXPECT_EQ(result.verdict, not_linearizable);
  EXPECT_EQ(result.key, "x");
}

TEST(linearizability, knows_a_lost_increment_of_a_counter) {
  for (std::int64_t second : {1, 2}) {
    operation_history<counter_specification> history;
    auto ada = history.invoke({1}, "hits", {1}, time_point{});
    auto bob = history.invoke({2}, "hits", {1}, time_point{});
    history.answered(ada, 1, time_point{});
    history.answered(bob, second, time_point{});
    EXPECT_EQ(check_linearizability(history).verdict, second == 2 ? linearizable : not_linearizable);
  }
}

TEST(linearizability_report, shows_the_shortest_beginning_that_fails) {
  register_story story;
  story.writes(1, 1);
  auto slow = story.begins_write(2, 2);
  story.reads(3, 0);
  story.written(slow);
  story.writes(1, 77);
  auto result = story.check();
  EXPECT_FALSE(result);
  EXPECT_EQ(
      result.report,
      "not linearizable: no order of the first 3 operations on key \"x\" gives these answers\n"
      "place  client   invoked  returned  operation\n"
      "    1  p1      1.000000  2.000000  write 1 -> done\n"
      "    -  p2      3.000000         -  write 2 -> ?\n"
      "    *  p3      4.000000  5.000000  read -> 0\n"
      "The longest order found, that of the places, leads to 1.\n"
  );
}

// The search is stuck at the slow swap, but without its answer nothing is wrong yet.
TEST(linearizability_report, ends_where_the_answer_comes_that_does_not_fit) {
  register_story story;
  auto slow = story.begins_swap(1, 5, 6);
  story.reads(2, 0);
  story.reads(2, 0);
  story.swapped(slow, true);
  story.writes(2, 77);
  EXPECT_THAT(story.check().report, HasSubstr("first 3 operations"));
  EXPECT_THAT(story.check().report, HasSubstr("compare and set 5 to 6 -> done"));
  EXPECT_THAT(story.check().report, Not(HasSubstr("77")));
}

TEST(linearizability_report, is_empty_if_nothing_is_wrong) {
  register_story story;
  story.writes(1, 1);
  auto result = story.check();
  EXPECT_TRUE(result);
  EXPECT_EQ(result.report, "");
  EXPECT_EQ(result.key, "");
}

TEST(linearizability_limits, make_the_verdict_undecided_when_they_are_reached) {
  register_story story;
  story.writes(1, 1);
  story.reads(2, 1);
  auto needed = story.check().work;
  ASSERT_GT(needed, 1u);
  EXPECT_EQ(story.check({needed}).verdict, linearizable);
  auto result = story.check({needed - 1});
  EXPECT_EQ(result.verdict, undecided);
  EXPECT_FALSE(result);
  EXPECT_EQ(result.key, "x");
  EXPECT_THAT(result.report, HasSubstr("undecided: max_work of " + std::to_string(needed - 1)));
}

TEST(linearizability_limits, do_not_hide_a_violation_of_another_key) {
  register_story story;
  story.turns_to("large");
  for (int i = 0; i < 50; ++i)
    story.writes(1, i);
  story.turns_to("wrong");
  story.reads(1, 9);
  auto result = story.check({40});
  EXPECT_EQ(result.verdict, not_linearizable);
  EXPECT_EQ(result.key, "wrong");
}

} // namespace
} // namespace chorus::simulation
