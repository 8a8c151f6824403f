#include "expectations.hpp"

#include <chorus/simulation/history/total_order.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace chorus::simulation {
namespace {

using ::testing::ElementsAre;
using testing::invariants;
using ::testing::IsEmpty;

constexpr auto common_messages = total_order_kind::common_messages;
constexpr auto prefix = total_order_kind::prefix;

const participant ada{1};
const participant bob{2};
const participant eve{3};

/// Three founders, and four messages `a` to `d` that somebody else published at once.
struct lobby {
  broadcast_history history;
  message_id a, b, c, d;

  lobby() {
    for (auto member : {ada, bob, eve})
      history.founded(member);
    a = history.published({11});
    b = history.published({12});
    c = history.published({13});
    d = history.published({14});
  }

  void delivers(participant member, std::initializer_list<message_id> messages) {
    for (const auto& message : messages)
      history.delivered(member, message);
  }
};

TEST(total_order, holds_when_all_deliver_in_the_same_order) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.c});
  here.delivers(bob, {here.a, here.b, here.c});
  EXPECT_THAT(check_total_order(here.history, prefix), IsEmpty());
}

TEST(total_order, is_broken_by_two_members_with_two_messages) {
  lobby here;
  here.delivers(ada, {here.a, here.b});
  here.delivers(bob, {here.b, here.a});
  auto found = check_total_order(here.history, common_messages);
  ASSERT_THAT(invariants(found), ElementsAre("total order"));
  EXPECT_EQ(found[0].what, "p1 delivered p11#1 before p12#1, p2 delivered p12#1 before p11#1");
  EXPECT_THAT(found[0].messages, ElementsAre(here.a, here.b));
}

TEST(total_order, is_broken_by_two_messages_far_apart) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.c});
  here.delivers(bob, {here.c, here.d, here.a});
  EXPECT_THAT(invariants(check_total_order(here.history, common_messages)), ElementsAre("total order"));
}

TEST(total_order, lets_members_lack_messages) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.d});
  here.delivers(bob, {here.a, here.c, here.d});
  EXPECT_THAT(check_total_order(here.history, common_messages), IsEmpty());
}

TEST(total_order, is_broken_by_three_members_no_two_of_which_disagree) {
  lobby here;
  here.delivers(ada, {here.a, here.b});
  here.delivers(bob, {here.b, here.c});
  here.delivers(eve, {here.c, here.a});
  auto found = check_total_order(here.history, common_messages);
  ASSERT_THAT(invariants(found), ElementsAre("one order"));
  EXPECT_THAT(found[0].what, ::testing::HasSubstr("p2 delivered p12#1 before p13#1"));
  EXPECT_THAT(found[0].messages, ::testing::UnorderedElementsAre(here.a, here.b, here.c));
}

TEST(total_order, leaves_out_of_a_cycle_what_lies_between_two_messages_of_one_member) {
  lobby here;
  here.delivers(ada, {here.a, here.d, here.b});
  here.delivers(bob, {here.b, here.c});
  here.delivers(eve, {here.c, here.a});
  auto found = check_total_order(here.history, common_messages);
  ASSERT_THAT(invariants(found), ElementsAre("one order"));
  EXPECT_THAT(found[0].messages, ::testing::UnorderedElementsAre(here.a, here.b, here.c));
}

TEST(total_order, holds_for_three_members_whose_orders_fit_into_one) {
  lobby here;
  here.delivers(ada, {here.a, here.b});
  here.delivers(bob, {here.b, here.c});
  here.delivers(eve, {here.a, here.c});
  EXPECT_THAT(check_total_order(here.history, common_messages), IsEmpty());
}

TEST(total_order, counts_a_duplicate_where_it_came_first) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.a});
  here.delivers(bob, {here.a, here.b});
  EXPECT_THAT(check_total_order(here.history, prefix), IsEmpty());
}

TEST(total_order, compares_members_over_all_their_stays) {
  lobby here;
  here.delivers(ada, {here.a, here.b});
  here.delivers(bob, {here.b});
  here.history.joining(bob);
  here.delivers(bob, {here.a});
  EXPECT_THAT(invariants(check_total_order(here.history, common_messages)), ElementsAre("total order"));
}

TEST(total_order, lets_a_member_of_a_log_be_behind) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.c});
  here.delivers(bob, {here.a});
  EXPECT_THAT(check_total_order(here.history, prefix), IsEmpty());
}

TEST(total_order, wants_no_hole_in_a_log) {
  lobby here;
  here.delivers(ada, {here.a, here.b, here.c});
  here.delivers(bob, {here.a, here.c});
  EXPECT_THAT(check_total_order(here.history, common_messages), IsEmpty());
  auto found = check_total_order(here.history, prefix);
  ASSERT_THAT(invariants(found), ElementsAre("same prefix"));
  EXPECT_EQ(found[0].what, "where p1 delivered p12#1, p2 delivered p13#1");
}

TEST(total_order, wants_founders_of_a_log_to_begin_with_the_same_message) {
  lobby here;
  here.delivers(ada, {here.a, here.b});
  here.delivers(bob, {here.b});
  EXPECT_THAT(check_total_order(here.history, common_messages), IsEmpty());
  EXPECT_THAT(invariants(check_total_order(here.history, prefix)), ElementsAre("same prefix"));
}

TEST(total_order, lets_a_newcomer_begin_in_the_middle_of_a_log_and_go_on_without_a_hole) {
  lobby here;
  participant newcomer{4};
  here.delivers(ada, {here.a, here.b, here.c, here.d});
  here.history.joined(newcomer);
  here.delivers(newcomer, {here.b, here.c});
  EXPECT_THAT(check_total_order(here.history, prefix), IsEmpty());
}

TEST(total_order, wants_no_hole_in_the_log_of_a_newcomer) {
  lobby here;
  participant newcomer{4};
  here.delivers(ada, {here.a, here.b, here.c, here.d});
  here.history.joined(newcomer);
  here.delivers(newcomer, {here.b, here.d});
  EXPECT_THAT(check_total_order(here.history, common_messages), IsEmpty());
  EXPECT_THAT(invariants(check_total_order(here.history, prefix)), ElementsAre("same prefix"));
}

TEST(total_order, reports_the_first_violations_up_to_the_limit) {
  broadcast_history history;
  for (std::uint32_t i = 1; i <= 2 * max_violations + 2; ++i)
    history.founded({i});
  auto first = history.published({1});
  auto second = history.published({2});
  for (std::uint32_t i = 1; i <= 2 * max_violations + 2; ++i) {
    history.delivered({i}, i == 1 ? second : first);
    history.delivered({i}, i == 1 ? first : second);
  }
  EXPECT_EQ(check_total_order(history, common_messages).size(), max_violations);
  EXPECT_EQ(check_total_order(history, prefix).size(), max_violations);
}

} // namespace
} // namespace chorus::simulation
