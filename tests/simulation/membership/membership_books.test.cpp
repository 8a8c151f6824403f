#include "books_of_members.hpp"

namespace chorus::testing {
namespace {

// -- one life after the other -------------------------------------------------------------------------

TEST_F(books_of_members, find_nothing_wrong_with_members_that_come_and_go) {
  meet();
  suspect(a, b);
  books_.trusted(a.who.node, b.who);
  books_.updated(a.who.node, b);
  fail(a, b);
  over(a, c, why::restarted);
  up(a, next_life_of(c));
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_member_that_is_up_twice) {
  up(a, b);
  up(a, b);
  expect_broken("is up before it is anything else");
}

TEST_F(books_of_members, find_two_lives_of_a_node_up_at_once) {
  up(a, b);
  up(a, next_life_of(b));
  expect_broken("one life of it at a time");
}

TEST_F(books_of_members, find_a_node_that_is_a_member_of_its_own) {
  up(a, next_life_of(a));
  expect_broken("one life of it at a time");
}

TEST_F(books_of_members, find_somebody_down_who_was_not_up) {
  fail(a, b);
  expect_broken("is up before it is anything else");
}

TEST_F(books_of_members, find_the_wrong_life_down) {
  up(a, b);
  over(a, next_life_of(b), why::restarted);
  expect_broken("is up before it is anything else");
}

TEST_F(books_of_members, find_a_suspicion_of_somebody_who_is_not_up) {
  suspect(a, b);
  expect_broken("is up before it is anything else");
}

TEST_F(books_of_members, find_a_second_suspicion_before_the_first_is_over) {
  up(a, b);
  suspect(a, b);
  EXPECT_FALSE(broken());
  suspect(a, b);
  EXPECT_TRUE(broken());
}

TEST_F(books_of_members, find_trust_in_somebody_who_was_not_suspected) {
  up(a, b);
  books_.trusted(a.who.node, b.who);
  EXPECT_TRUE(broken());
}

TEST_F(books_of_members, forget_a_suspicion_when_the_member_is_down) {
  up(a, b);
  suspect(a, b);
  over(a, b, why::restarted);
  up(a, next_life_of(b));
  suspect(a, next_life_of(b));
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_life_that_comes_back_after_it_was_over) {
  up(a, b);
  over(a, b, why::restarted);
  up(a, b);
  expect_broken("declared over is reported alive again");
}

TEST_F(books_of_members, find_an_earlier_life_than_the_one_that_was_over) {
  up(a, next_life_of(b));
  over(a, next_life_of(b), why::left);
  up(a, b);
  expect_broken("declared over is reported alive again");
}

TEST_F(books_of_members, let_a_new_run_of_the_observer_see_what_the_last_one_has_buried) {
  up(a, b);
  over(a, b, why::restarted);
  books_.ended(now_, a.who);
  books_.started(next_life_of(a).who);
  up(a, b);
  EXPECT_FALSE(broken());
}

// -- leaves -------------------------------------------------------------------------------------------

TEST_F(books_of_members, find_a_leave_that_nobody_wanted) {
  up(a, b);
  over(a, b, why::left);
  expect_broken("a leave that reached a member");
}

TEST_F(books_of_members, let_a_leave_be_a_failure_when_nobody_knows_of_it) {
  meet();
  leave(c);
  look_at_leaves();
  now_ += 10s;
  look_at_leaves();
  fail(a, c);
  fail(b, c);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_a_leave_be_a_failure_where_the_news_had_no_time_to_arrive) {
  meet();
  leave(c);
  over(a, c, why::left);
  look_at_leaves();
  suspect_and_lose(b, c, spread - 1ns);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_leave_that_is_a_failure_for_somebody_who_could_have_heard_of_it) {
  meet();
  leave(c);
  over(a, c, why::left);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  expect_broken("a leave that reached a member");
}

TEST_F(books_of_members, let_a_suspicion_come_true_that_is_older_than_the_way_to_those_who_know) {
  meet();
  leave(c);
  over(a, c, why::left);
  suspect(b, c);
  now_ += 1ns;
  look_at_leaves();
  now_ += spread;
  fail(b, c);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, count_the_time_to_hear_of_a_leave_from_the_last_break) {
  meet();
  leave(c);
  over(a, c, why::left);
  look_at_leaves();
  now_ += spread / 2;
  look_at_leaves(false);
  now_ += spread / 2;
  look_at_leaves();
  suspect_and_lose(b, c, spread - 1ns);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_a_leave_be_a_failure_to_whom_those_who_know_have_declared_failed) {
  meet();
  leave(c);
  over(a, c, why::left);
  fail(a, b);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_a_later_life_cover_the_leave_of_an_earlier_one) {
  meet();
  leave(c);
  over(a, c, why::left);
  up(a, next_life_of(c));
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_the_news_of_a_leave_end_with_the_only_one_who_knew) {
  meet();
  leave(c);
  over(a, c, why::left);
  books_.ended(now_, a.who);
  books_.started(next_life_of(a).who);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

// -- failures are revocable ---------------------------------------------------------------------------

TEST_F(books_of_members, let_a_failed_life_be_up_again_after_its_answer) {
  up(a, b);
  fail(a, b);
  books_.answered(a.who.node, b.who);
  up(a, b);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_failed_life_that_is_up_again_without_an_answer) {
  up(a, b);
  books_.answered(a.who.node, b.who);
  fail(a, b);
  up(a, b);
  expect_broken("only after its own answer");
}

TEST_F(books_of_members, let_a_failed_life_be_over_and_its_next_life_be_up) {
  up(a, b);
  fail(a, b);
  over(a, b, why::restarted);
  up(a, next_life_of(b));
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_life_that_is_over_twice) {
  up(a, b);
  over(a, b, why::restarted);
  EXPECT_FALSE(broken());
  over(a, b, why::restarted);
  EXPECT_TRUE(broken());
}

TEST_F(books_of_members, find_a_verdict_that_is_believed_against_own_evidence) {
  up(a, b);
  books_.verdict_believed(a.who.node, b.who, now_, std::nullopt);
  books_.verdict_believed(a.who.node, b.who, now_, now_ - 1s);
  EXPECT_FALSE(broken());
  books_.verdict_believed(a.who.node, b.who, now_, now_ - 1s + 1ns);
  expect_broken("against what a node heard itself");
}

} // namespace
} // namespace chorus::testing
