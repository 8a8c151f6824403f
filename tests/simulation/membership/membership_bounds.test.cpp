#include "books_of_members.hpp"
#include "bounds.hpp"

#include <utility>
#include <vector>

namespace chorus::testing {
namespace {

// -- failures -----------------------------------------------------------------------------------------

TEST_F(books_of_members, find_a_life_that_is_still_up_after_the_bound) {
  meet();
  books_.ended(now_, c.who);
  books_.failures().demand(now_, 5s);
  now_ += 5s;
  books_.failures().look(now_, books_.views());
  EXPECT_FALSE(broken());
  fail(a, c);
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

// -- detection times ----------------------------------------------------------------------------------

/// c has died.
class deaths_in_books : public books_of_members {
protected:
  static constexpr auto bound = 750ms;

  deaths_in_books() {
    meet();
    books_.ended(now_, c.who);
  }

  void expect_notice(const member& of) { books_.deaths().expect(now_, of.who, bound); }
  void look() { books_.deaths().look(now_, books_.views()); }
};

TEST_F(deaths_in_books, may_be_noticed_until_their_bound) {
  expect_notice(c);
  fail(b, c);
  now_ += bound;
  look();
  EXPECT_FALSE(broken());
  fail(a, c);
  now_ += 1h;
  look();
  EXPECT_FALSE(broken());
}

TEST_F(deaths_in_books, are_found_if_one_member_misses_them) {
  expect_notice(c);
  fail(b, c);
  now_ += bound + 1ns;
  look();
  expect_broken("each death is noticed by all others within its bound");
}

TEST_F(deaths_in_books, have_the_bound_of_their_latest_circumstances) {
  expect_notice(c);
  now_ += bound;
  expect_notice(c);
  now_ += bound;
  look();
  EXPECT_FALSE(broken());
  now_ += 1ns;
  look();
  expect_broken("within its bound");
}

TEST_F(deaths_in_books, are_noticed_by_newcomers_too) {
  expect_notice(c);
  fail(a, c);
  fail(b, c);
  const auto d = someone(4);
  books_.started(d.who);
  up(d, c);
  now_ += bound + 1ns;
  look();
  expect_broken("within its bound");
}

TEST_F(deaths_in_books, are_not_of_the_next_life) {
  expect_notice(c);
  for (const auto& at : {a, b}) {
    over(at, c, why::restarted);
    up(at, next_life_of(c));
  }
  now_ += 1h;
  look();
  EXPECT_FALSE(broken());
}

TEST_F(deaths_in_books, have_no_bound_while_something_else_goes_wrong) {
  expect_notice(c);
  books_.deaths().suspend();
  now_ += 1h;
  look();
  EXPECT_FALSE(broken());
}

TEST(detection_bound, of_a_refused_death_is_the_grace_and_half_a_period_however_many_die) {
  EXPECT_EQ(detection_bound(1s, deaths{2, 1, true}), 750ms);
  EXPECT_EQ(detection_bound(1s, deaths{128, 127, true}), 750ms);
}

TEST(detection_bound, of_one_silent_death_is_the_one_that_is_documented) {
  EXPECT_EQ(detection_bound(1s, deaths{5, 1, false}), 15s);
  EXPECT_EQ(detection_bound(1s, deaths{5, 1, false}), detection_bound(1s, 5));
}

TEST(detection_bound, of_several_silent_deaths_grows_with_the_doubt_of_the_survivors_up_to_nine_times) {
  EXPECT_EQ(detection_bound(1s, deaths{3, 2, false}), 24s);
  EXPECT_EQ(detection_bound(1s, deaths{5, 3, false}), 67s);
  EXPECT_EQ(detection_bound(1s, deaths{10, 4, false}), 9 * 19s + 4s);
  EXPECT_EQ(detection_bound(1s, deaths{10, 9, false}), 9 * 19s + 4s);
}

// -- views --------------------------------------------------------------------------------------------

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
  fail(a, c);
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
  suspect(a, b);
  views_agree();
  EXPECT_FALSE(broken());
}

TEST_F(books_of_members, find_a_member_that_is_suspected_once_views_have_agreed) {
  meet();
  books_.agreement().demand(now_, 5s);
  views_agree();
  now_ += steady;
  suspect(a, b);
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

// -- traffic ------------------------------------------------------------------------------------------

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

// -- verdicts -----------------------------------------------------------------------------------------

/// Of a by itself and others, some of whom were refused; the period is a second.
class verdicts_in_books : public books_of_members {
protected:
  using evidence = membership::evidence;

  verdicts_in_books() {
    for (const auto& who : {b, c, d, e})
      up(a, who);
    suspect(a, b);
  }

  void
  verdict(duration after, std::vector<membership::accusation> voices, std::vector<peer> abstentions = {}) {
    books_.verdict(
        a.who.node,
        {b.who,
         now_,
         std::move(voices),
         membership::suspicion_report::outcome::failed,
         now_ + after,
         std::move(abstentions)}
    );
  }

  membership::accusation voice(const member& by, evidence what = evidence::silence) const {
    return {by.who, what, now_, true};
  }

  const member d = someone(4);
  const member e = someone(5);
};

TEST_F(verdicts_in_books, come_soon_when_all_confirmations_are_there) {
  verdict(3s, {voice(a), voice(c), voice(d), voice(e)});
  EXPECT_FALSE(broken());
}

TEST_F(verdicts_in_books, come_late_without_confirmation) {
  verdict(18s, {voice(a)});
  EXPECT_FALSE(broken());
  verdict(17s, {voice(a)});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, wait_for_more_than_hearsay) {
  verdict(3s, {voice(a), voice(c), voice(d), voice(e, evidence::hearsay)});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, do_not_hear_those_who_are_suspected) {
  suspect(a, e);
  verdict(3s, {voice(a), voice(d), voice(e)});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, do_not_hear_those_who_are_no_members) {
  verdict(3s, {voice(a), voice(c), voice(d), voice(next_life_of(e))});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, come_at_once_when_two_were_refused) {
  verdict(250ms, {voice(a, evidence::refused), voice(c, evidence::address_taken)});
  EXPECT_FALSE(broken());
  verdict(250ms - 1ns, {voice(a, evidence::refused), voice(c, evidence::refused)});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, do_not_come_when_one_was_refused) {
  verdict(250ms, {voice(a, evidence::refused), voice(c)});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, come_when_one_was_refused_and_nobody_else_is_left) {
  for (const auto& who : {c, d, e})
    suspect(a, who);
  verdict(250ms, {voice(a, evidence::refused)});
  EXPECT_FALSE(broken());
}

TEST_F(verdicts_in_books, do_not_wait_for_those_who_abstain) {
  verdict(3s, {voice(a)}, {c.who, d.who, e.who});
  verdict(250ms, {voice(a, evidence::refused)}, {c.who, d.who, e.who});
  EXPECT_FALSE(broken());
}

TEST_F(verdicts_in_books, wait_for_those_who_do_not_abstain) {
  verdict(3s, {voice(a)}, {c.who, d.who});
  expect_broken("a verdict waits");
}

TEST_F(verdicts_in_books, do_not_wait_for_the_suspected) {
  for (const auto& who : {c, d, e})
    suspect(a, who);
  verdict(3s, {voice(a)});
  EXPECT_FALSE(broken());
}

TEST_F(verdicts_in_books, count_nobody_twice_who_abstains_and_is_suspected_or_no_member) {
  suspect(a, c);
  verdict(3s, {voice(a), voice(d)}, {c.who, next_life_of(e).who});
  expect_broken("a verdict waits");
}

TEST_F(books_of_members, keep_what_a_process_complains_of) {
  books_.complain("this cannot be read");
  expect_broken("finds fault");
}

} // namespace
} // namespace chorus::testing
