#include "stage.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using simulation::local_clock;

/// One node whose news are over, so that its timer is all that happens.
struct a_timer : ::testing::Test {
  a_timer() { stage_.hear_the_news(); }

  void arm_in(duration time) { stage_.actor(0).timer().arm(node_.now() + time); }
  void run_for(duration time) { stage_.world().run_for(time); }
  time_point now() { return stage_.world().now(); }
  const std::vector<time_point>& woken() { return stage_.book(0).woken; }

  stage stage_{1};
  simulation::node& node_ = stage_.node(0);
};

TEST_F(a_timer, rings_once_at_its_moment) {
  auto begin = now();
  arm_in(10ms);
  run_for(10ms - 1ns);
  EXPECT_TRUE(woken().empty());
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 10ms});
}

TEST_F(a_timer, rings_at_once_for_a_moment_that_has_passed) {
  auto begin = now();
  arm_in(-1h);
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin});
}

TEST_F(a_timer, that_is_armed_again_rings_at_the_last_moment_it_was_armed_for) {
  auto begin = now();
  arm_in(10ms);
  arm_in(30ms);
  arm_in(20ms);
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 20ms});
}

TEST_F(a_timer, that_is_disarmed_does_not_ring) {
  arm_in(10ms);
  stage_.actor(0).timer().arm({});
  run_for(1s);
  EXPECT_TRUE(woken().empty());
  auto begin = now();
  arm_in(10ms);
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 10ms});
}

TEST_F(a_timer, armed_before_its_clock_runs_fast_rings_earlier) {
  auto begin = now();
  arm_in(100ms);
  run_for(50ms);
  node_.set_clock_rate(10 * local_clock::true_rate);
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 55ms});
}

TEST_F(a_timer, armed_before_its_clock_runs_slow_rings_later) {
  auto begin = now();
  arm_in(100ms);
  run_for(50ms);
  node_.set_clock_rate(local_clock::true_rate / 10);
  run_for(10s);
  EXPECT_EQ(woken(), std::vector{begin + 550ms});
}

TEST_F(a_timer, armed_while_its_clock_runs_fast_or_slow_rings_by_that_clock) {
  node_.set_clock_rate(2 * local_clock::true_rate);
  auto first = now();
  arm_in(100ms);
  run_for(1s);
  node_.set_clock_rate(local_clock::true_rate / 2);
  auto second = now();
  arm_in(100ms);
  run_for(1s);
  EXPECT_EQ(woken(), (std::vector{first + 50ms, second + 200ms}));
}

TEST_F(a_timer, rings_when_its_clock_jumps_over_its_moment) {
  auto begin = now();
  arm_in(1h);
  run_for(5ms);
  node_.jump_clock(2h);
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 5ms});
}

TEST_F(a_timer, rings_once_however_often_its_clock_changes) {
  auto begin = now();
  arm_in(100ms);
  for (int times = 0; times < 5; ++times) {
    node_.set_clock_rate(2 * local_clock::true_rate);
    node_.set_clock_rate(local_clock::true_rate);
    node_.jump_clock(0s);
  }
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 100ms});
}

TEST_F(a_timer, of_a_paused_node_rings_when_it_is_resumed) {
  arm_in(10ms);
  node_.pause();
  run_for(1s);
  EXPECT_TRUE(woken().empty());
  node_.resume();
  EXPECT_EQ(woken(), std::vector{now()});
  run_for(1s);
  EXPECT_EQ(woken().size(), 1u);
}

TEST_F(a_timer, that_is_not_overdue_when_its_node_is_resumed_keeps_its_moment) {
  auto begin = now();
  arm_in(100ms);
  node_.pause();
  run_for(10ms);
  node_.resume();
  run_for(1s);
  EXPECT_EQ(woken(), std::vector{begin + 100ms});
}

TEST_F(a_timer, whose_clock_jumps_while_its_node_is_paused_rings_when_it_is_resumed) {
  arm_in(1h);
  node_.pause();
  node_.jump_clock(2h);
  run_for(1s);
  EXPECT_TRUE(woken().empty());
  node_.resume();
  EXPECT_EQ(woken().size(), 1u);
}

TEST_F(a_timer, of_a_process_that_has_crashed_does_not_ring_in_the_next) {
  arm_in(10ms);
  node_.crash();
  node_.set_clock_rate(2 * local_clock::true_rate);
  node_.start();
  run_for(1s);
  EXPECT_TRUE(woken().empty());
}

TEST_F(a_timer, armed_for_the_end_of_time_does_not_ring) {
  stage_.actor(0).timer().arm(time_point::max());
  node_.set_clock_rate(local_clock::true_rate / 10);
  run_for(1h);
  EXPECT_TRUE(woken().empty());
}

} // namespace
} // namespace chorus::testing
