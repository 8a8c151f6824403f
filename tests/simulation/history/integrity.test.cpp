#include "expectations.hpp"

#include <chorus/simulation/history/integrity.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

using ::testing::ElementsAre;
using testing::invariants;
using ::testing::IsEmpty;

const participant ada{1};
const participant bob{2};

TEST(integrity, holds_when_everything_published_is_delivered_once) {
  broadcast_history history;
  history.founded(ada);
  history.founded(bob);
  auto message = history.published(ada);
  history.delivered(ada, message);
  history.delivered(bob, message);
  EXPECT_THAT(check_integrity(history), IsEmpty());
}

TEST(integrity, is_broken_by_a_message_that_nobody_published) {
  broadcast_history history;
  history.founded(bob);
  history.published(ada);
  history.delivered(bob, {ada, 2});
  auto found = check_integrity(history);
  ASSERT_THAT(invariants(found), ElementsAre("no creation"));
  EXPECT_EQ(found[0].what, "p2 delivered p1#2, which nobody had published");
  EXPECT_THAT(found[0].messages, ElementsAre(message_id{ada, 2}));
}

TEST(integrity, is_broken_by_a_number_that_no_message_has) {
  broadcast_history history;
  history.founded(bob);
  history.published(ada);
  history.delivered(bob, {ada, 0});
  EXPECT_THAT(invariants(check_integrity(history)), ElementsAre("no creation"));
}

TEST(integrity, is_broken_by_delivering_before_it_is_published) {
  broadcast_history history;
  history.founded(bob);
  history.delivered(bob, {ada, 1});
  history.published(ada);
  EXPECT_THAT(invariants(check_integrity(history)), ElementsAre("no creation"));
}

TEST(integrity, is_broken_by_a_duplicate) {
  broadcast_history history;
  history.founded(bob);
  auto message = history.published(ada);
  history.delivered(bob, message);
  history.delivered(bob, message);
  auto found = check_integrity(history);
  ASSERT_THAT(invariants(found), ElementsAre("no duplicate"));
  EXPECT_EQ(found[0].what, "p2 delivered p1#1 twice");
}

TEST(integrity, is_broken_by_a_duplicate_after_joining_again) {
  broadcast_history history;
  history.founded(bob);
  auto message = history.published(ada);
  history.delivered(bob, message);
  history.joining(bob);
  history.delivered(bob, message);
  EXPECT_THAT(invariants(check_integrity(history)), ElementsAre("no duplicate"));
}

TEST(integrity, reports_the_first_violations_up_to_the_limit) {
  broadcast_history history;
  history.founded(bob);
  for (std::uint64_t number = 1; number <= max_violations; ++number)
    history.delivered(bob, {ada, number});
  EXPECT_EQ(check_integrity(history).size(), max_violations);
  history.delivered(bob, {ada, max_violations + 1});
  EXPECT_EQ(check_integrity(history).size(), max_violations);
}

} // namespace
} // namespace chorus::simulation
