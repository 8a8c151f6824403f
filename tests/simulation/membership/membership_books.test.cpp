#include "books_of_members.hpp"

namespace chorus::testing {
namespace {

// -- one life after the other -------------------------------------------------------------------------

TEST_F(books_of_members, find_nothing_wrong_with_members_that_come_and_go) {
  meet();
  suspect(a, b);
  books_.trusted(a.who.node, b.who);
  books_.updated(a.who.node, b);
  down(a, b, why::failed);
  down(a, c, why::restarted);
  up(a, next_life_of(c));
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_member_that_is_up_twice) {
  up(a, b);
  up(a, b);
  expect_broken("is up before it is down");
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
  down(a, b, why::failed);
  expect_broken("is up before it is down");
}

TEST_F(books_of_members, find_the_wrong_life_down) {
  up(a, b);
  down(a, next_life_of(b), why::restarted);
  expect_broken("is up before it is down");
}

TEST_F(books_of_members, find_a_suspicion_of_somebody_who_is_not_up) {
  suspect(a, b);
  expect_broken("is up before it is down");
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
  down(a, b, why::restarted);
  up(a, next_life_of(b));
  suspect(a, next_life_of(b));
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_life_that_comes_back_after_it_was_over) {
  up(a, b);
  down(a, b, why::failed);
  up(a, b);
  expect_broken("declared over is reported alive again");
}

TEST_F(books_of_members, find_an_earlier_life_than_the_one_that_was_over) {
  up(a, next_life_of(b));
  down(a, next_life_of(b), why::left);
  up(a, b);
  expect_broken("declared over is reported alive again");
}

TEST_F(books_of_members, let_a_new_run_of_the_observer_see_what_the_last_one_has_buried) {
  up(a, b);
  down(a, b, why::failed);
  books_.ended(now_, a.who);
  books_.started(next_life_of(a).who);
  up(a, b);
  EXPECT_FALSE(broken());
}

// -- leaves -------------------------------------------------------------------------------------------

TEST_F(books_of_members, find_a_leave_that_nobody_wanted) {
  up(a, b);
  down(a, b, why::left);
  expect_broken("a leave that reached a member");
}

TEST_F(books_of_members, let_a_leave_be_a_failure_when_nobody_knows_of_it) {
  meet();
  leave(c);
  look_at_leaves();
  now_ += 10s;
  look_at_leaves();
  down(a, c, why::failed);
  down(b, c, why::failed);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_a_leave_be_a_failure_where_the_news_had_no_time_to_arrive) {
  meet();
  leave(c);
  down(a, c, why::left);
  look_at_leaves();
  suspect_and_lose(b, c, spread - 1ns);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_leave_that_is_a_failure_for_somebody_who_could_have_heard_of_it) {
  meet();
  leave(c);
  down(a, c, why::left);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  expect_broken("a leave that reached a member");
}

TEST_F(books_of_members, let_a_suspicion_come_true_that_is_older_than_the_way_to_those_who_know) {
  meet();
  leave(c);
  down(a, c, why::left);
  suspect(b, c);
  now_ += 1ns;
  look_at_leaves();
  now_ += spread;
  down(b, c, why::failed);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, count_the_time_to_hear_of_a_leave_from_the_last_break) {
  meet();
  leave(c);
  down(a, c, why::left);
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
  down(a, c, why::left);
  down(a, b, why::failed);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_a_later_life_cover_the_leave_of_an_earlier_one) {
  meet();
  leave(c);
  down(a, c, why::left);
  up(a, next_life_of(c));
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, let_the_news_of_a_leave_end_with_the_only_one_who_knew) {
  meet();
  leave(c);
  down(a, c, why::left);
  books_.ended(now_, a.who);
  books_.started(next_life_of(a).who);
  look_at_leaves();
  suspect_and_lose(b, c, spread);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, take_nothing_for_a_failure_that_an_outcast_ends) {
  meet();
  leave(c);
  down(a, c, why::left);
  down(a, b, why::failed);
  look_at_leaves();
  suspect(b, c);
  books_.declared_failed(b.who.node);
  now_ += spread;
  down(b, c, why::failed);
  EXPECT_FALSE(broken());
}

// -- outcasts -----------------------------------------------------------------------------------------

TEST_F(books_of_members, let_an_outcast_start_over) {
  meet();
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, a, why::failed);
  down(b, c, why::failed);
  books_.new_life(now_, next_life_of(b).who);
  up(b, a);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_an_outcast_whom_nobody_has_declared_failed) {
  meet();
  down(a, b, why::restarted);
  books_.declared_failed(b.who.node);
  expect_broken("who is declared failed was");
}

TEST_F(books_of_members, let_an_accuser_start_over) {
  up(a, b);
  down(a, b, why::failed);
  books_.declared_failed(a.who.node);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, take_no_verdict_from_an_outcast_that_ends_its_links) {
  meet();
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, c, why::failed);
  books_.declared_failed(c.who.node);
  expect_broken("who is declared failed was");
}

TEST_F(books_of_members, find_a_new_life_that_is_no_greater) {
  meet();
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, a, why::failed);
  down(b, c, why::failed);
  books_.new_life(now_, b.who);
  expect_broken("comes back as a greater life");
}

TEST_F(books_of_members, find_a_new_life_that_nothing_was_the_reason_of) {
  books_.new_life(now_, next_life_of(b).who);
  expect_broken("comes back as a greater life");
}

TEST_F(books_of_members, find_a_member_that_an_outcast_keeps) {
  meet();
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, a, why::failed);
  books_.new_life(now_, next_life_of(b).who);
  expect_broken("comes back as a greater life");
}

TEST_F(books_of_members, find_a_member_that_an_outcast_takes_before_it_starts_over) {
  up(a, b);
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  up(b, c);
  expect_broken("comes back as a greater life");
}

} // namespace
} // namespace chorus::testing
