#include "connected.hpp"

#include <gtest/gtest.h>

// Messages that were delivered in a relation that is over stay in mailboxes, and keep their part of the
// window.

namespace chorus::link {
namespace {

using testing::connected;
using testing::costs_100;
using testing::small_window;
using testing::two_ends;
constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;

void send_many(two_ends& ends, int count, urgency how = urgency::ordinary) {
  for (; count > 0; --count)
    ends.send(a, {1, 2}, costs_100, how);
}

/// Both ends begin another relation.
void meet_again(two_ends& ends) {
  for (auto which : {a, b})
    ends.apply(which, abandon{});
  ends.way_to(a).clear();
  ends.way_to(b).clear();
  for (auto which : {a, b})
    ends.start(which);
  for (auto which : {a, b})
    ends.perform(which);
  ends.deliver();
}

TEST(earlier_relations, keep_their_part_of_the_window) {
  connected ends{small_window()};
  send_many(ends, 4);
  ends.deliver();
  ASSERT_EQ(ends[b].delivered.size(), 4u);
  EXPECT_EQ(ends(b).unconsumed(), 400u);
  meet_again(ends);
  ASSERT_TRUE(ends(b).is_established());
  EXPECT_EQ(ends(b).unconsumed(), 400u);
  EXPECT_EQ(ends(b).statistics().held_at_start, 400u);
  send_many(ends, 7);
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 6u) << "the window takes ten in all";
}

TEST(earlier_relations, give_back_their_part_as_it_is_consumed) {
  connected ends{small_window()};
  send_many(ends, 10);
  ends.deliver();
  meet_again(ends);
  send_many(ends, 4);
  ends.deliver();
  EXPECT_TRUE(ends[b].delivered.empty());
  ends.apply(b, consumed{300});
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 3u);
  ends.apply(b, consumed{700});
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 4u);
  EXPECT_EQ(ends(b).unconsumed(), 400u) << "of the present relation only";
  ends.apply(b, consumed{400});
  EXPECT_EQ(ends(b).unconsumed(), 0u);
}

TEST(earlier_relations, keep_their_part_of_the_reserve) {
  connected ends{small_window()};
  send_many(ends, 10);
  send_many(ends, 2, urgency::reserved);
  ends.deliver();
  ASSERT_EQ(ends(b).unconsumed(), 1200u) << "window and reserve";
  for (int i = 0; i < 3; ++i) {
    meet_again(ends);
    send_many(ends, 1, urgency::reserved);
    ends.deliver();
    EXPECT_TRUE(ends[b].delivered.empty());
    EXPECT_EQ(ends(b).unconsumed(), 1200u) << "however often they meet again";
  }
  ends.apply(b, consumed{100});
  ends.deliver();
  ASSERT_TRUE(ends.settle());
  EXPECT_EQ(ends[b].delivered.size(), 1u);
}

TEST(earlier_relations, let_the_end_that_was_greeted_know_what_they_keep) {
  connected ends{small_window()};
  send_many(ends, 4);
  ends.deliver();
  for (auto which : {a, b}) {
    ends.apply(which, abandon{});
    ends.start(which);
  }
  ends.way_to(a).clear();
  ends.way_to(b).clear();
  ends.perform(a); // A says hello, B answers: B's part is in a welcome
  ends.deliver();
  send_many(ends, 7);
  ends.deliver();
  EXPECT_EQ(ends[b].delivered.size(), 6u);
}

TEST(earlier_relations, can_be_consumed_before_the_next_one_is_up) {
  connected ends{small_window()};
  send_many(ends, 10);
  send_many(ends, 2, urgency::reserved);
  ends.deliver();
  for (auto which : {a, b}) {
    ends.apply(which, abandon{});
    ends.start(which);
  }
  ends.way_to(a).clear();
  ends.way_to(b).clear();
  ends.perform(a);
  ends.deliver_one(b); // B's welcome is on its way, and lost
  ends.way_to(a).clear();
  ends.apply(b, consumed{1200});
  ASSERT_TRUE(ends.settle());
  ASSERT_TRUE(ends(b).is_established());
  send_many(ends, 12);
  ends.deliver();
  EXPECT_FALSE(ends(b).has_ended());
  EXPECT_EQ(ends[b].delivered.size(), 10u);
}

TEST(earlier_relations, can_be_consumed_when_the_link_has_ended) {
  connected ends{small_window()};
  send_many(ends, 4);
  ends.deliver();
  ends.apply(b, abandon{});
  ends.apply(b, consumed{100});
  EXPECT_EQ(ends(b).unconsumed(), 300u);
  ends.start(b);
  EXPECT_EQ(ends(b).unconsumed(), 300u);
}

TEST(earlier_relations, do_not_count_what_was_not_delivered_as_a_whole) {
  auto settings = small_window();
  connected ends{settings};
  ends.send(a, {1, 2}, std::string(300, 'x'));
  auto chunks = ends.way_to(b).size();
  ASSERT_GT(chunks, 1u);
  ends.deliver_one(b);
  ends.apply(b, abandon{});
  EXPECT_EQ(ends(b).unconsumed(), 0u);
}

TEST(earlier_relations, of_a_life_that_is_over_do_not_count) {
  connected ends{small_window()};
  send_many(ends, 4);
  ends.deliver();
  ends.restart(a);
  ends.start(b);
  EXPECT_EQ(ends(b).unconsumed(), 0u);
}

} // namespace
} // namespace chorus::link
