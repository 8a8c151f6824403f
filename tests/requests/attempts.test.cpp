#include <chorus/runtime/requests/attempts.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace chorus::requests {
namespace {

using namespace std::chrono_literals;
using step = attempts::step;

constexpr time_point at(duration since) {
  return time_point{since};
}

/// One second for an answer, then a pause of at most 100 ms, 200 ms, 300 ms, 300 ms, ...
constexpr retry_policy policy{1s, 100ms, 300ms, 10s, 4};

class attempts_of_a_call : public testing::Test {
protected:
  attempts tries{policy, at(0s), random_generator{1}};

  /// Asks at each deadline until there is something to do; the moment of that.
  time_point next(step expected) {
    while (auto deadline = tries.next_deadline()) {
      auto what = tries.next(*deadline);
      if (what == step::wait)
        continue;
      EXPECT_EQ(what, expected);
      return *deadline;
    }
    ADD_FAILURE() << "has ended";
    return {};
  }
};

TEST_F(attempts_of_a_call, begin_at_once) {
  EXPECT_EQ(tries.next_deadline(), at(0s));
  EXPECT_EQ(tries.fate(), request_fate::not_executed);
  EXPECT_EQ(tries.next(at(0s)), step::send);
  EXPECT_EQ(tries.tries(), 1u);
}

TEST_F(attempts_of_a_call, wait_for_an_answer) {
  tries.next(at(0s));
  EXPECT_EQ(tries.next_deadline(), at(1s));
  EXPECT_EQ(tries.next(at(1s) - 1ns), step::wait);
  EXPECT_EQ(tries.tries(), 1u);
}

TEST_F(attempts_of_a_call, pause_longer_each_time_up_to_a_limit) {
  auto sent = next(step::send);
  for (auto longest : {100ms, 200ms, 300ms}) {
    auto again = next(step::send);
    EXPECT_GE(again - sent, 1s + longest / 2);
    EXPECT_LE(again - sent, 1s + longest);
    sent = again;
  }
}

TEST_F(attempts_of_a_call, give_up_after_the_last_try_had_its_time) {
  time_point sent;
  for (auto count = policy.tries; count > 0; --count)
    sent = next(step::send);
  EXPECT_EQ(next(step::give_up), sent + 1s);
  EXPECT_EQ(tries.fate(), request_fate::unknown);
}

TEST_F(attempts_of_a_call, give_up_at_the_deadline) {
  tries = {{1s, 100ms, 300ms, 1500ms, 4}, at(0s), random_generator{1}};
  next(step::send);
  next(step::send);
  EXPECT_EQ(next(step::give_up), at(1500ms));
}

TEST_F(attempts_of_a_call, give_up_once_and_try_never_again) {
  tries = {{1s, 100ms, 300ms, 1500ms, 4}, at(0s), random_generator{1}};
  next(step::send);
  EXPECT_EQ(tries.next(at(2s)), step::give_up);
  EXPECT_EQ(tries.next_deadline(), std::nullopt);
  EXPECT_EQ(tries.next(at(20s)), step::wait);
  EXPECT_EQ(tries.tries(), 1u);
}

TEST_F(attempts_of_a_call, end_with_an_answer) {
  next(step::send);
  tries.end();
  EXPECT_EQ(tries.next_deadline(), std::nullopt);
  EXPECT_EQ(tries.next(at(20s)), step::wait);
}

TEST_F(attempts_of_a_call, go_on_after_a_pause_when_a_try_fails) {
  next(step::send);
  tries.failed(at(10ms), true, request_fate::unknown);
  auto again = next(step::send);
  EXPECT_GE(again, at(60ms));
  EXPECT_LE(again, at(110ms));
}

TEST_F(attempts_of_a_call, go_on_waiting_when_an_earlier_try_fails) {
  next(step::send);
  auto second = next(step::send);
  tries.failed(second, false, request_fate::unknown);
  EXPECT_EQ(tries.next_deadline(), second + 1s);
}

TEST_F(attempts_of_a_call, give_up_at_once_when_the_last_try_fails) {
  for (auto count = policy.tries; count > 1; --count)
    next(step::send);
  auto last = next(step::send);
  tries.failed(last + 1ms, true, request_fate::not_executed);
  EXPECT_EQ(tries.next(last + 1ms), step::give_up);
}

TEST_F(attempts_of_a_call, were_not_executed_if_each_of_them_was_refused) {
  for (auto count = policy.tries; count > 0; --count)
    tries.failed(next(step::send), true, request_fate::not_executed);
  EXPECT_EQ(tries.fate(), request_fate::not_executed);
}

TEST_F(attempts_of_a_call, may_have_been_executed_if_one_of_them_was_not_refused) {
  next(step::send);
  for (auto count = policy.tries; count > 1; --count)
    tries.failed(next(step::send), true, request_fate::not_executed);
  EXPECT_EQ(tries.fate(), request_fate::unknown);
  tries.failed(at(20s), false, request_fate::not_executed); // the first was refused too, and told late
  EXPECT_EQ(tries.fate(), request_fate::not_executed);
}

TEST_F(attempts_of_a_call, were_executed_if_one_of_them_was_whatever_became_of_the_others) {
  tries.failed(next(step::send), true, request_fate::not_executed);
  auto second = next(step::send);
  tries.failed(second, true, request_fate::executed);
  EXPECT_EQ(tries.fate(), request_fate::executed);
  tries.failed(next(step::send), true, request_fate::not_executed);
  next(step::send);
  EXPECT_EQ(tries.fate(), request_fate::executed);
}

TEST_F(attempts_of_a_call, send_nothing_while_those_that_are_open_are_awaited) {
  next(step::send);
  auto second = next(step::send);
  tries.failed(second + 1ms, true, request_fate::not_executed);
  ASSERT_TRUE(tries.has_open_tries());
  tries.await_open_tries();
  EXPECT_EQ(tries.next_deadline(), at(10s));
  EXPECT_EQ(tries.next(at(9s)), step::wait);
  EXPECT_EQ(next(step::give_up), at(10s)) << "the deadline stands";
  EXPECT_EQ(tries.fate(), request_fate::unknown);
}

TEST_F(attempts_of_a_call, go_on_when_all_that_were_awaited_have_failed) {
  next(step::send);
  next(step::send);
  auto third = next(step::send);
  tries.failed(third + 1ms, true, request_fate::not_executed);
  tries.await_open_tries();
  tries.failed(third + 2ms, false, request_fate::unknown);
  EXPECT_EQ(tries.next_deadline(), at(10s));
  tries.failed(third + 3ms, false, request_fate::unknown);
  EXPECT_FALSE(tries.has_open_tries());
  EXPECT_LE(next(step::send), third + 3ms + 300ms);
}

TEST_F(attempts_of_a_call, await_those_that_are_open_also_after_the_last_one) {
  for (auto count = policy.tries; count > 1; --count)
    next(step::send);
  auto last = next(step::send);
  tries.failed(last + 1ms, true, request_fate::not_executed);
  tries.await_open_tries();
  EXPECT_EQ(tries.next(last + 3s), step::wait);
}

TEST_F(attempts_of_a_call, differ_in_their_pauses_from_seed_to_seed) {
  attempts other{policy, at(0s), random_generator{2}};
  for (auto* each : {&tries, &other}) {
    each->next(at(0s));
    each->next(at(1s));
  }
  EXPECT_NE(tries.next_deadline(), other.next_deadline());
}

TEST(retry_policy, has_positive_numbers) {
  EXPECT_TRUE(retry_policy{}.is_valid());
  EXPECT_FALSE(retry_policy{.answer_within = 0s}.is_valid());
  EXPECT_FALSE(retry_policy{.pause = 0s}.is_valid());
  EXPECT_FALSE(retry_policy{.pause_at_most = 0s}.is_valid());
  EXPECT_FALSE(retry_policy{.deadline = -1s}.is_valid());
  EXPECT_FALSE(retry_policy{.tries = 0}.is_valid());
}

} // namespace
} // namespace chorus::requests
