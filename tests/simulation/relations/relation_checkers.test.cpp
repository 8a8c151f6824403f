#include "relation_checkers.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

constexpr peer a{{0, 1}, {1}};
constexpr peer b{{0, 2}, {1}};
constexpr peer c{{0, 3}, {1}};

constexpr relation_number number(std::uint64_t value) {
  return relation_number{value};
}

// -- relations in turn -------------------------------------------------------------------------------------

/// What a says of b.
struct turns : ::testing::Test {
  void open(std::uint64_t relation) { checker.opened(a, number(relation), b); }
  void up(std::uint64_t relation) { checker.up(a, number(relation), b); }
  void deliver(std::uint64_t relation) { checker.delivered(a, number(relation)); }
  void forget(std::uint64_t relation) { checker.forgotten(a, number(relation)); }
  void down(std::uint64_t relation) { checker.down(a, number(relation), b); }
  void gone(down_reason reason) { checker.gone(a, b, reason); }

  void live_through(std::uint64_t relation) {
    open(relation);
    up(relation);
    deliver(relation);
    forget(relation);
    down(relation);
  }

  void expect_right() { EXPECT_FALSE(checker.violation()) << *checker.violation(); }
  void expect_wrong() { EXPECT_TRUE(checker.violation()); }

  relations_in_turn checker;
};

TEST_F(turns, are_right_from_the_first_relation_to_the_last_word) {
  live_through(1);
  open(2);
  forget(2); // it never was up
  live_through(3);
  gone(down_reason::failed);
  live_through(4);
  gone(down_reason::left);
  expect_right();
}

TEST_F(turns, of_one_life_say_nothing_of_another) {
  live_through(1);
  checker.ended(a);
  live_through(1);
  expect_right();
}

TEST_F(turns, are_wrong_when_a_number_is_used_again) {
  live_through(1);
  expect_right();
  open(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_number_is_used_for_two_lives) {
  open(1);
  checker.opened(a, number(1), c);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_life_has_two_relations) {
  open(1);
  open(2);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_relation_is_up_twice) {
  open(1);
  up(1);
  expect_right();
  up(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_relation_delivers_before_it_is_up) {
  open(1);
  deliver(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_relation_delivers_after_its_end) {
  open(1);
  up(1);
  forget(1);
  expect_right();
  deliver(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_life_is_down_that_was_not_up) {
  open(1);
  forget(1);
  down(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_life_is_down_before_its_relation_is_forgotten) {
  open(1);
  up(1);
  down(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_life_is_up_again_and_was_not_down) {
  open(1);
  up(1);
  forget(1);
  open(2);
  expect_right();
  up(2);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_a_life_is_gone_and_was_not_down) {
  open(1);
  up(1);
  gone(down_reason::failed);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_anything_follows_the_last_word) {
  gone(down_reason::restarted);
  expect_right();
  open(1);
  expect_wrong();
}

TEST_F(turns, are_wrong_when_there_are_two_last_words) {
  gone(down_reason::failed);
  gone(down_reason::failed);
  gone(down_reason::left);
  expect_right();
  gone(down_reason::restarted);
  expect_wrong();
}

// -- bystanders --------------------------------------------------------------------------------------------

TEST(a_bystander, is_never_down) {
  bystanders_notice_nothing checker;
  checker.disturbed(a.node, c.node);
  checker.down(c.node, a.node, down_reason::failed);
  EXPECT_FALSE(checker.violation());
  checker.down(a.node, b.node, down_reason::ended_by_peer);
  EXPECT_TRUE(checker.violation());
}

TEST(a_disturbed_pair, is_down_once_for_each_fault_on_each_side) {
  bystanders_notice_nothing checker;
  checker.disturbed(a.node, b.node);
  checker.down(a.node, b.node, down_reason::failed);
  checker.down(b.node, a.node, down_reason::ended_by_peer);
  EXPECT_FALSE(checker.violation());
  checker.down(b.node, a.node, down_reason::failed);
  EXPECT_TRUE(checker.violation());
}

TEST(a_disturbed_pair, may_be_down_once_more_for_each_back_off) {
  bystanders_notice_nothing checker;
  checker.disturbed(b.node, a.node);
  for (auto round = 0; round < 3; ++round) {
    checker.backed_off(a.node, b.node);
    checker.down(a.node, b.node, down_reason::unreachable);
    checker.down(b.node, a.node, down_reason::ended_by_peer);
  }
  EXPECT_FALSE(checker.violation());
  checker.down(b.node, a.node, down_reason::ended_by_peer);
  EXPECT_FALSE(checker.violation());
  checker.down(b.node, a.node, down_reason::ended_by_peer);
  EXPECT_TRUE(checker.violation());
}

// -- all are up again --------------------------------------------------------------------------------------

TEST(all_up_again, is_demanded_from_both_sides_within_the_bound) {
  all_are_up_again checker;
  const auto one_side = [](const peer& here, const peer&) { return here == a; };
  const auto both = [](const peer&, const peer&) { return true; };
  const time_point start{1h};
  EXPECT_FALSE(checker.look(start, {a, b}, one_side));
  checker.demand(start, 10s);
  EXPECT_FALSE(checker.look(start + 10s, {a, b}, one_side));
  EXPECT_FALSE(checker.violation());
  EXPECT_TRUE(checker.look(start + 11s, {a, b}, both));
  EXPECT_FALSE(checker.violation());
  EXPECT_FALSE(checker.look(start + 11s, {a, b}, one_side));
  EXPECT_TRUE(checker.violation());
}

// -- monitors ----------------------------------------------------------------------------------------------

TEST(a_monitor, is_told_once) {
  monitors_end_once checker;
  const auto one = checker.begun();
  const auto other = checker.begun();
  checker.told(one);
  checker.look(one, true);
  checker.look(other, false);
  EXPECT_FALSE(checker.violation());
  checker.told(one);
  EXPECT_TRUE(checker.violation());
}

TEST(a_monitor, is_told_of_each_end) {
  monitors_end_once checker;
  checker.look(checker.begun(), true);
  EXPECT_TRUE(checker.violation());
}

TEST(a_monitor, is_told_of_no_end_that_was_none) {
  monitors_end_once checker;
  const auto one = checker.begun();
  checker.told(one);
  checker.look(one, false);
  EXPECT_TRUE(checker.violation());
}

// -- names -------------------------------------------------------------------------------------------------

TEST(names, agree_when_all_know_the_same_actor_of_one_that_runs) {
  names_agree checker;
  checker.look({a, b}, {{a, "x", b, 1}, {b, "x", b, 1}});
  EXPECT_FALSE(checker.violation());
}

TEST(names, disagree_when_one_knows_nobody) {
  names_agree checker;
  checker.look({a, b}, {{a, "x", b, 1}});
  EXPECT_TRUE(checker.violation());
}

TEST(names, disagree_when_two_know_different_actors) {
  names_agree checker;
  checker.look({a, b}, {{a, "x", b, 1}, {b, "x", b, 2}});
  EXPECT_TRUE(checker.violation());
}

TEST(names, disagree_when_the_home_has_ended) {
  names_agree checker;
  checker.look({a, b}, {{a, "x", c, 1}, {b, "x", c, 1}});
  EXPECT_TRUE(checker.violation());
}

} // namespace
} // namespace chorus::testing
