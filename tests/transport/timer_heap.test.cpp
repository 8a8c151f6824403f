#include "../../runtime/transport/timer_heap.hpp"

#include "../support/seeds.hpp"

#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace chorus {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};

class timer_heap_of_marks : public ::testing::Test {
protected:
  timer_heap::timer marking(int mark) {
    return {heap, [this, mark] { ran.push_back(mark); }};
  }

  timer_heap heap;
  std::vector<int> ran;
};

TEST_F(timer_heap_of_marks, runs_what_is_due_in_the_order_of_time) {
  auto late = marking(3);
  auto soon = marking(1);
  auto later = marking(4);
  late.arm(start + 3ms);
  soon.arm(start + 1ms);
  later.arm(start + 4ms);
  EXPECT_EQ(heap.next(), start + 1ms);
  heap.run_due(start + 3ms);
  EXPECT_EQ(ran, (std::vector{1, 3}));
  EXPECT_EQ(heap.next(), start + 4ms);
  EXPECT_EQ(late.deadline(), std::nullopt);
  EXPECT_EQ(later.deadline(), start + 4ms);
}

TEST_F(timer_heap_of_marks, runs_what_is_due_together_in_the_order_of_arming) {
  std::vector<timer_heap::timer> timers;
  for (int mark = 0; mark < 20; ++mark)
    timers.push_back(marking(mark));
  for (auto& each : timers)
    each.arm(start);
  timers[5].arm(start + 1ms);
  timers[5].arm(start); // again, so it is the last
  heap.run_due(start);
  EXPECT_EQ(ran, (std::vector{0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 5}));
}

TEST_F(timer_heap_of_marks, moves_a_timer_that_is_armed_again) {
  auto timer = marking(1);
  timer.arm(start + 1ms);
  timer.arm(start + 2ms);
  heap.run_due(start + 1ms);
  EXPECT_TRUE(ran.empty());
  heap.run_due(start + 2ms);
  EXPECT_EQ(ran, std::vector{1});
}

TEST_F(timer_heap_of_marks, forgets_a_timer_that_is_cancelled_or_ends) {
  auto cancelled = marking(1);
  cancelled.arm(start);
  {
    auto ended = marking(2);
    ended.arm(start);
  }
  cancelled.cancel();
  EXPECT_FALSE(heap.next());
  heap.run_due(start + 1s);
  EXPECT_TRUE(ran.empty());
}

TEST_F(timer_heap_of_marks, leaves_what_a_task_arms_for_the_next_call) {
  timer_heap::timer again;
  again = {heap, [&] {
             ran.push_back(7);
             again.arm(start);
           }};
  again.arm(start);
  heap.run_due(start);
  EXPECT_EQ(ran, std::vector{7});
  heap.run_due(start);
  EXPECT_EQ(ran, (std::vector{7, 7}));
}

TEST_F(timer_heap_of_marks, lets_a_task_take_back_or_move_what_is_due_as_well) {
  auto cancelled = marking(2);
  auto moved = marking(3);
  auto ended = std::make_unique<timer_heap::timer>(marking(4));
  timer_heap::timer first{heap, [&] {
                            cancelled.cancel();
                            moved.arm(start);
                            ended.reset();
                          }};
  for (auto* each : {&first, &cancelled, &moved, ended.get()})
    each->arm(start);
  heap.run_due(start);
  EXPECT_TRUE(ran.empty());
  heap.run_due(start);
  EXPECT_EQ(ran, std::vector{3}) << "armed from a task: a turn later";
}

TEST_F(timer_heap_of_marks, lets_a_task_end_its_own_timer) {
  auto filling = std::make_shared<std::vector<int>>(100, 5);
  std::unique_ptr<timer_heap::timer> own;
  own = std::make_unique<timer_heap::timer>(heap, [this, &own, filling] {
    own.reset();
    ran = *filling; // the task is still there
  });
  own->arm(start);
  heap.run_due(start);
  EXPECT_EQ(ran.size(), 100u);
  EXPECT_FALSE(heap.next());
}

/// Random arming, moving, cancelling and running, beside a map that does the same in a naive way.
TEST(timer_heap, agrees_with_a_naive_twin) {
  testing::for_each_seed(20, [](random_generator& random) {
    constexpr std::size_t count = 50;
    timer_heap heap;
    std::vector<std::size_t> ran;
    std::vector<timer_heap::timer> timers;
    for (std::size_t i = 0; i < count; ++i)
      timers.emplace_back(heap, [&ran, i] { ran.push_back(i); });
    std::map<std::pair<time_point, std::uint64_t>, std::size_t> twin; // by deadline and order of arming
    std::uint64_t serial = 0;
    std::size_t most_due = 0;
    auto now = start;
    for (int step = 0; step < 3000; ++step) {
      auto which = random.below(count);
      auto forget = [&] { std::erase_if(twin, [&](const auto& each) { return each.second == which; }); };
      if (random.chance(0.6)) {
        auto deadline = now + random.between(-2, 30) * 1ms;
        if (timers[which].deadline() != deadline) {
          forget();
          twin.emplace(std::pair{deadline, ++serial}, which);
        }
        timers[which].arm(deadline);
      } else if (random.chance(0.5)) {
        forget();
        timers[which].cancel();
      } else {
        now += random.between(0, 3) * 1ms;
        std::vector<std::size_t> expected;
        for (; !twin.empty() && twin.begin()->first.first <= now; twin.erase(twin.begin()))
          expected.push_back(twin.begin()->second);
        ran.clear();
        heap.run_due(now);
        ASSERT_EQ(ran, expected);
        most_due = std::max(most_due, ran.size());
      }
      ASSERT_EQ(heap.next(), twin.empty() ? std::nullopt : std::optional{twin.begin()->first.first});
    }
    EXPECT_GE(most_due, 3u);
  });
}

} // namespace
} // namespace chorus
