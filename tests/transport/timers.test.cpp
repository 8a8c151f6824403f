#include "../../runtime/transport/timers.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};

struct recorded_timers {
  timers it;
  std::vector<int> ran;

  void arm(std::uint64_t key, duration after, int mark) {
    it.arm(key, start + after, [this, mark] { ran.push_back(mark); });
  }
};

TEST(timers, run_what_is_due_in_the_order_of_time) {
  recorded_timers clock;
  clock.arm(1, 3ms, 3);
  clock.arm(2, 1ms, 1);
  clock.arm(3, 4ms, 4);
  EXPECT_EQ(clock.it.next(), start + 1ms);
  clock.it.run_due(start + 3ms);
  EXPECT_EQ(clock.ran, (std::vector{1, 3}));
  EXPECT_EQ(clock.it.next(), start + 4ms);
}

TEST(timers, replace_what_a_key_had) {
  recorded_timers clock;
  clock.arm(1, 1ms, 1);
  clock.arm(1, 2ms, 2);
  clock.it.run_due(start + 1ms);
  EXPECT_TRUE(clock.ran.empty());
  clock.it.run_due(start + 2ms);
  EXPECT_EQ(clock.ran, std::vector{2});
}

TEST(timers, forget_a_key_that_is_given_no_time) {
  recorded_timers clock;
  clock.arm(1, 1ms, 1);
  clock.it.arm(1, std::nullopt, {});
  EXPECT_FALSE(clock.it.next());
  clock.it.run_due(start + 1s);
  EXPECT_TRUE(clock.ran.empty());
}

TEST(timers, leave_what_a_task_arms_for_the_next_call) {
  recorded_timers clock;
  clock.it.arm(1, start, [&] { clock.arm(1, 0ms, 7); });
  clock.it.run_due(start);
  EXPECT_TRUE(clock.ran.empty());
  clock.it.run_due(start);
  EXPECT_EQ(clock.ran, std::vector{7});
}

TEST(timers, let_a_task_cancel_one_that_is_due_as_well) {
  recorded_timers clock;
  clock.it.arm(1, start, [&] { clock.it.arm(2, std::nullopt, {}); });
  clock.arm(2, 0ms, 2);
  clock.it.run_due(start);
  EXPECT_TRUE(clock.ran.empty());
}

} // namespace
} // namespace chorus
