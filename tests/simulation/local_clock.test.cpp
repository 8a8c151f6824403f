#include "stage.hpp"

#include <chorus/simulation/local_clock.hpp>

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using simulation::local_clock;

constexpr auto true_rate = local_clock::true_rate;

TEST(a_local_clock, shows_true_lengths_of_time_until_something_changes_it) {
  local_clock clock{moment(5s), moment(100s)};
  EXPECT_EQ(clock.at(moment(5s)), moment(100s));
  EXPECT_EQ(clock.at(moment(7s)), moment(102s));
  EXPECT_EQ(clock.when(moment(5s), moment(103s)), moment(8s));
}

TEST(a_local_clock, gains_and_loses_by_its_rate_from_the_moment_of_the_change_on) {
  local_clock clock{moment(0s), moment(0s)};
  clock.set_rate(moment(10s), 2 * true_rate);
  EXPECT_EQ(clock.at(moment(11s)), moment(12s));
  clock.set_rate(moment(11s), true_rate / 2);
  EXPECT_EQ(clock.at(moment(13s)), moment(13s));
  clock.set_rate(moment(13s), true_rate);
  EXPECT_EQ(clock.at(moment(20s)), moment(20s));
}

TEST(a_local_clock, jumps_forward_only) {
  local_clock clock{moment(0s), moment(0s)};
  clock.jump(moment(1s), 5s);
  EXPECT_EQ(clock.at(moment(1s)), moment(6s));
  clock.jump(moment(1s), 0s);
  EXPECT_EQ(clock.at(moment(2s)), moment(7s));
  EXPECT_DEATH(clock.jump(moment(2s), -1ns), "does not go back");
}

TEST(a_local_clock, knows_the_first_true_moment_at_which_it_shows_a_time) {
  for (std::int64_t rate :
       {true_rate / 10, std::int64_t{333'333}, true_rate, std::int64_t{1'234'567}, true_rate * 10}) {
    local_clock clock{moment(0s), moment(3h)};
    clock.set_rate(moment(7ns), rate);
    for (auto wanted : {moment(3h) + 8ns, moment(3h) + 1s + 1ns, moment(30h) + 17ns}) {
      auto when = clock.when(moment(7ns), wanted);
      EXPECT_GE(clock.at(when), wanted) << rate;
      EXPECT_LT(clock.at(when - 1ns), wanted) << rate;
    }
  }
}

TEST(a_local_clock, shows_now_what_it_has_shown_before) {
  local_clock clock{moment(0s), moment(10s)};
  EXPECT_EQ(clock.when(moment(1s), moment(11s)), moment(1s));
  EXPECT_EQ(clock.when(moment(1s), time_point::min()), moment(1s));
}

TEST(a_local_clock, can_wait_for_the_end_of_time_at_every_rate) {
  for (std::int64_t rate : {true_rate / 10, true_rate * 10}) {
    local_clock clock{moment(0s), moment(1000h)};
    clock.set_rate(moment(1s), rate);
    EXPECT_GT(clock.when(moment(1s), time_point::max()), moment(24h * 300));
  }
}

TEST(a_local_clock, runs_from_a_tenth_to_ten_times_as_fast) {
  local_clock clock{moment(0s), moment(0s)};
  clock.set_rate(moment(0s), true_rate / 10);
  clock.set_rate(moment(0s), true_rate * 10);
  EXPECT_DEATH(clock.set_rate(moment(0s), true_rate / 10 - 1), "a clock that runs");
  EXPECT_DEATH(clock.set_rate(moment(0s), true_rate * 10 + 1), "a clock that runs");
}

} // namespace
} // namespace chorus::testing
