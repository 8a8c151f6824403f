#include "expectations.hpp"

#include <chorus/simulation/history/fifo_order.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

using ::testing::ElementsAre;
using testing::invariants;
using ::testing::IsEmpty;

const participant ada{1};
const participant bob{2};
const participant eve{3};

TEST(fifo_order, holds_when_messages_come_as_they_were_published) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  auto second = history.published(ada);
  history.delivered(bob, first);
  history.delivered(bob, second);
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
}

TEST(fifo_order, is_broken_by_the_other_order) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  auto second = history.published(ada);
  history.delivered(bob, second);
  history.delivered(bob, first);
  auto found = check_fifo_order(history);
  ASSERT_THAT(invariants(found), ElementsAre("fifo order"));
  EXPECT_EQ(found[0].what, "p2 delivered p1#2 before p1#1");
  EXPECT_THAT(found[0].messages, ElementsAre(first, second));
}

TEST(fifo_order, says_nothing_of_messages_of_two_origins) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  auto second = history.published(eve);
  history.delivered(bob, second);
  history.delivered(bob, first);
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
}

TEST(fifo_order, lets_the_end_be_missing) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  history.published(ada);
  history.delivered(bob, first);
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
}

TEST(fifo_order, is_broken_by_a_hole_before_a_later_message) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  auto second = history.published(ada);
  auto third = history.published(ada);
  history.delivered(bob, first);
  history.delivered(bob, third);
  auto found = check_fifo_order(history);
  ASSERT_THAT(invariants(found), ElementsAre("fifo gap"));
  EXPECT_EQ(found[0].what, "p2 delivered p1#3 and never p1#2");
  EXPECT_THAT(found[0].messages, ElementsAre(second, third));
}

TEST(fifo_order, wants_a_founder_to_begin_with_the_first_message) {
  broadcast_history history;
  history.founded(bob);
  history.published(ada);
  history.delivered(bob, history.published(ada));
  EXPECT_THAT(invariants(check_fifo_order(history)), ElementsAre("fifo gap"));
}

TEST(fifo_order, lets_a_newcomer_begin_at_its_cut) {
  broadcast_history history;
  history.founded(ada);
  history.published(ada);
  auto second = history.published(ada);
  history.joined(bob);
  history.delivered(bob, second);
  history.delivered(bob, history.published(ada));
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
}

TEST(fifo_order, wants_no_hole_after_the_first_message_of_a_newcomer) {
  broadcast_history history;
  auto first = history.published(ada);
  history.published(ada);
  auto third = history.published(ada);
  history.joined(bob);
  history.delivered(bob, first);
  history.delivered(bob, third);
  EXPECT_THAT(invariants(check_fifo_order(history)), ElementsAre("fifo gap"));
}

TEST(fifo_order, wants_a_newcomer_to_begin_with_what_follows_its_joining) {
  broadcast_history history;
  history.published(ada);
  auto joined = history.joined(bob);
  history.truth().append(ada, joined);
  auto owed = history.published(ada);
  auto later = history.published(ada);
  history.delivered(bob, later);
  auto found = check_fifo_order(history);
  ASSERT_THAT(invariants(found), ElementsAre("fifo gap"));
  EXPECT_THAT(found[0].messages, ElementsAre(owed, later));
}

TEST(fifo_order, lets_a_member_that_joins_again_skip_to_its_new_cut_and_not_go_back) {
  broadcast_history history;
  history.founded(bob);
  auto first = history.published(ada);
  auto second = history.published(ada);
  auto third = history.published(ada);
  history.delivered(bob, first);
  history.joining(bob);
  history.delivered(bob, third);
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
  history.delivered(bob, second);
  EXPECT_THAT(invariants(check_fifo_order(history)), ElementsAre("fifo order"));
}

TEST(fifo_order, leaves_messages_that_nobody_published_to_the_check_of_integrity) {
  broadcast_history history;
  history.founded(bob);
  history.delivered(bob, {ada, std::uint64_t{1} << 60});
  EXPECT_THAT(check_fifo_order(history), IsEmpty());
}

TEST(fifo_order, reports_the_first_violations_up_to_the_limit) {
  for (auto missing : {max_violations, max_violations + 1}) {
    broadcast_history history;
    history.founded(bob);
    for (std::size_t i = 0; i < missing; ++i)
      history.published(ada);
    history.delivered(bob, history.published(ada));
    EXPECT_EQ(check_fifo_order(history).size(), max_violations);
  }
}

} // namespace
} // namespace chorus::simulation
