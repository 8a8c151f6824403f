#include "../../runtime/link/resend_timer.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using std::chrono::seconds;

config slow() {
  config settings;
  settings.resend_after = seconds{1};
  settings.resend_at_most = seconds{3};
  settings.give_up_after = seconds{10};
  return settings;
}

constexpr time_point at(int second) {
  return time_point{seconds{second}};
}

} // namespace

TEST(resend_timer, waits_twice_as_long_after_each_try_up_to_a_limit) {
  const auto settings = slow();
  resend_timer timer{settings};
  timer.restart(at(0));
  EXPECT_EQ(timer.deadline(), at(1));
  EXPECT_FALSE(timer.is_due(at(1) - duration{1}));
  EXPECT_TRUE(timer.is_due(at(1)));
  timer.back_off(at(1));
  EXPECT_EQ(timer.deadline(), at(3));
  timer.back_off(at(3));
  EXPECT_EQ(timer.deadline(), at(6));
  timer.back_off(at(6));
  EXPECT_EQ(timer.deadline(), at(9));
}

TEST(resend_timer, is_hopeless_when_there_was_no_progress_for_too_long) {
  const auto settings = slow();
  resend_timer timer{settings};
  timer.restart(at(0));
  timer.back_off(at(9));
  EXPECT_EQ(timer.deadline(), at(10));
  EXPECT_FALSE(timer.is_hopeless(at(10) - duration{1}));
  EXPECT_TRUE(timer.is_hopeless(at(10)));
  timer.heard(at(9));
  EXPECT_FALSE(timer.is_hopeless(at(10)));
  EXPECT_EQ(timer.deadline(), at(11)) << "a sign of life does not hasten the next try";
}

TEST(resend_timer, starts_from_the_shortest_wait_after_progress) {
  const auto settings = slow();
  resend_timer timer{settings};
  timer.restart(at(0));
  timer.back_off(at(1));
  timer.restart(at(2));
  EXPECT_EQ(timer.deadline(), at(3));
}

TEST(resend_timer, has_no_deadline_while_it_is_stopped) {
  const auto settings = slow();
  resend_timer timer{settings};
  EXPECT_EQ(timer.deadline(), std::nullopt);
  timer.restart(at(0));
  timer.stop();
  EXPECT_EQ(timer.deadline(), std::nullopt);
  EXPECT_FALSE(timer.is_due(at(100)));
}

} // namespace chorus::link
