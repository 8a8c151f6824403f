#include "membership_books.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace chorus::testing {
namespace {

using namespace std::chrono_literals;
using membership::member;
using why = membership::member_down::why;

/// Histories of three nodes, told by hand.
class books_of_members : public ::testing::Test {
protected:
  static constexpr auto spread = 1s;
  static constexpr auto steady = 3s;

  books_of_members() {
    for (const auto& who : {a, b, c})
      books_.started(who.who);
  }

  static member someone(std::uint64_t number, std::uint64_t life = 1) {
    return {{{0, number}, {life}}, std::to_string(number), {"host", static_cast<std::uint16_t>(number)}, {}};
  }

  static member next_life_of(member who) {
    who.who.incarnation = who.who.incarnation.next();
    return who;
  }

  void up(const member& at, const member& who) { books_.up(at.who.node, who); }
  void down(const member& at, const member& who, why reason) {
    books_.down(now_, at.who.node, {who, reason});
  }

  /// Everybody has everybody.
  void meet() {
    for (const auto& at : {a, b, c})
      for (const auto& who : {a, b, c})
        if (at != who)
          up(at, who);
  }

  void leave(const member& who) {
    books_.leaving(who.who);
    books_.ended(now_, who.who);
  }

  void look_at_leaves(bool can_talk = true) {
    books_.leaves().look(now_, books_.views(), [can_talk](const auto&, const auto&) { return can_talk; });
  }

  bool views_agree() {
    return books_.agreement().look(now_, books_.views(), {{a.who.node, a}, {b.who.node, b}, {c.who.node, c}});
  }

  /// The invariant that is broken, if there is one.
  std::optional<std::string> broken() {
    for (auto* each : books_.checkers())
      if (each->violation())
        return each->invariant();
    return std::nullopt;
  }

  void expect_broken(const std::string& part) {
    ASSERT_TRUE(broken());
    EXPECT_NE(broken()->find(part), std::string::npos) << *broken();
  }

  const member a = someone(1);
  const member b = someone(2);
  const member c = someone(3);
  time_point now_{1h};
  membership_books books_{{spread, steady, 1200, 1s, 3}};
};

// -- one life after the other
// ------------------------------------------------------------------------------------

TEST_F(books_of_members, find_nothing_wrong_with_members_that_come_and_go) {
  meet();
  books_.suspected(a.who.node, b.who);
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
  books_.suspected(a.who.node, b.who);
  expect_broken("is up before it is down");
}

TEST_F(books_of_members, find_a_second_suspicion_before_the_first_is_over) {
  up(a, b);
  books_.suspected(a.who.node, b.who);
  EXPECT_FALSE(broken());
  books_.suspected(a.who.node, b.who);
  EXPECT_TRUE(broken());
}

TEST_F(books_of_members, find_trust_in_somebody_who_was_not_suspected) {
  up(a, b);
  books_.trusted(a.who.node, b.who);
  EXPECT_TRUE(broken());
}

TEST_F(books_of_members, forget_a_suspicion_when_the_member_is_down) {
  up(a, b);
  books_.suspected(a.who.node, b.who);
  down(a, b, why::restarted);
  up(a, next_life_of(b));
  books_.suspected(a.who.node, next_life_of(b).who);
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

// -- leaves
// ------------------------------------------------------------------------------------------------------

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
  now_ += spread - 1ns;
  down(b, c, why::failed);
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_leave_that_is_a_failure_for_somebody_who_could_have_heard_of_it) {
  meet();
  leave(c);
  down(a, c, why::left);
  look_at_leaves();
  now_ += spread;
  down(b, c, why::failed);
  expect_broken("a leave that reached a member");
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
  now_ += spread - 1ns;
  down(b, c, why::failed);
  EXPECT_FALSE(broken());
}

// -- failures
// ----------------------------------------------------------------------------------------------------

TEST_F(books_of_members, find_a_life_that_is_still_up_after_the_bound) {
  meet();
  books_.ended(now_, c.who);
  books_.failures().demand(now_, 5s);
  now_ += 5s;
  books_.failures().look(now_, books_.views());
  EXPECT_FALSE(broken());
  down(a, c, why::failed);
  now_ += 1ns;
  books_.failures().look(now_, books_.views());
  expect_broken("declared over by all others within the bound");
}

TEST_F(books_of_members, count_the_bound_from_the_end_of_the_storm) {
  meet();
  books_.ended(now_, c.who);
  now_ += 10s;
  books_.failures().demand(now_, 5s);
  now_ += 5s;
  books_.failures().look(now_, books_.views());
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, demand_nothing_of_failures_in_the_storm) {
  meet();
  books_.ended(now_, c.who);
  books_.failures().demand(now_, std::nullopt);
  now_ += 1h;
  books_.failures().look(now_, books_.views());
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, count_an_outcasts_old_life_as_over) {
  meet();
  books_.failures().demand(now_, 5s);
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, a, why::failed);
  down(b, c, why::failed);
  books_.new_life(now_, next_life_of(b).who);
  now_ += 6s;
  books_.failures().look(now_, books_.views());
  expect_broken("declared over by all others within the bound");
}

// -- views
// -------------------------------------------------------------------------------------------------------

TEST_F(books_of_members, find_that_views_agree_when_everybody_has_everybody) {
  EXPECT_FALSE(views_agree());
  meet();
  EXPECT_FALSE(views_agree());
  now_ += steady - 1ns;
  EXPECT_FALSE(views_agree());
  now_ += 1ns;
  EXPECT_TRUE(views_agree());
}

TEST_F(books_of_members, find_a_member_that_is_missing_after_the_bound) {
  meet();
  down(a, c, why::failed);
  books_.agreement().demand(now_, 5s);
  now_ += 5s;
  EXPECT_FALSE(views_agree());
  EXPECT_FALSE(broken());
  now_ += 1ns;
  views_agree();
  expect_broken("all views are equal");
}

TEST_F(books_of_members, let_a_suspicion_pass_that_comes_before_views_are_steady) {
  meet();
  books_.agreement().demand(now_, 5s);
  views_agree();
  now_ += steady - 1ns;
  books_.suspected(a.who.node, b.who);
  views_agree();
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_member_that_is_suspected_once_views_have_agreed) {
  meet();
  books_.agreement().demand(now_, 5s);
  views_agree();
  now_ += steady;
  books_.suspected(a.who.node, b.who);
  views_agree();
  expect_broken("nobody alive is suspected");
}

TEST_F(books_of_members, find_a_member_that_is_not_known_as_it_is) {
  meet();
  auto moved = c;
  moved.where.port = 99;
  books_.agreement().demand(now_, 0s);
  now_ += 1ns;
  books_.agreement().look(now_, books_.views(), {{a.who.node, a}, {c.who.node, moved}});
  expect_broken("all views are equal");
}

TEST_F(books_of_members, leave_lives_that_are_over_to_the_bound_for_failures) {
  meet();
  books_.ended(now_, c.who);
  books_.agreement().demand(now_, 0s);
  now_ += 1ns;
  books_.agreement().look(now_, books_.views(), {{a.who.node, a}, {b.who.node, b}});
  EXPECT_FALSE(broken());
}

// -- outcasts
// ----------------------------------------------------------------------------------------------------

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

TEST_F(books_of_members, take_no_verdict_from_an_outcast_that_ends_its_links) {
  meet();
  down(a, b, why::failed);
  books_.declared_failed(b.who.node);
  down(b, a, why::failed);
  books_.declared_failed(a.who.node);
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

// -- traffic
// -----------------------------------------------------------------------------------------------------

TEST_F(books_of_members, let_a_datagram_be_as_large_as_it_may_and_no_larger) {
  books_.sent(1200, false);
  EXPECT_FALSE(broken());
  books_.sent(1201, false);
  expect_broken("datagrams are bounded");
}

TEST_F(books_of_members, find_nodes_that_talk_while_nothing_happens) {
  books_.traffic().begin_idle(now_);
  for (auto count = 0; count < 2 * 3 * 10; ++count)
    books_.sent(10, true);
  books_.sent(10, false);
  now_ += 10s;
  books_.traffic().end_idle(now_, 2);
  EXPECT_FALSE(broken());
  books_.sent(10, true);
  books_.traffic().end_idle(now_, 2);
  expect_broken("a quiet cluster is quiet");
}

} // namespace
} // namespace chorus::testing
