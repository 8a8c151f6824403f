#include <chorus/runtime/requests/duplicate_filter.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace chorus::requests {
namespace {

using verdict = duplicate_filter::verdict;

constexpr peer ada{{0, 1}, {1}};
constexpr caller_id first{ada, 1};
constexpr caller_id second{ada, 2};

class filtered_calls : public testing::Test {
protected:
  void finish(const call_id& call, std::string answer = "done") {
    auto bytes = answer.size();
    filter.finish(call, std::move(answer), bytes);
  }

  std::string answer_to(const call_id& call) { return std::any_cast<std::string>(filter.answer_to(call)); }

  duplicate_filter filter{{.callers = 2, .calls_of_one_caller = 3, .calls = 4, .answer_bytes = 10}};
};

TEST_F(filtered_calls, are_executed_when_they_are_new) {
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::execute);
  EXPECT_EQ(filter.admit({first, 2}, 1), verdict::execute);
}

TEST_F(filtered_calls, are_not_executed_again_while_they_run) {
  filter.admit({first, 1}, 1);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::in_progress);
}

TEST_F(filtered_calls, are_answered_again_when_they_are_done) {
  filter.admit({first, 1}, 1);
  finish({first, 1}, "7");
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::answered);
  EXPECT_EQ(answer_to({first, 1}), "7");
}

TEST_F(filtered_calls, of_different_callers_are_different) {
  filter.admit({first, 1}, 1);
  EXPECT_EQ(filter.admit({second, 1}, 1), verdict::execute);
}

TEST_F(filtered_calls, of_different_lives_of_a_node_are_different) {
  filter.admit({first, 1}, 1);
  EXPECT_EQ(filter.admit({{{ada.node, {2}}, 1}, 1}, 1), verdict::execute);
}

TEST_F(filtered_calls, are_forgotten_when_their_caller_has_the_answer) {
  filter.admit({first, 1}, 1);
  finish({first, 1});
  filter.admit({first, 2}, 2);
  EXPECT_EQ(filter.calls(), 1u);
  EXPECT_EQ(filter.answer_bytes(), 0u);
}

TEST_F(filtered_calls, are_kept_above_one_that_is_still_open) {
  filter.admit({first, 1}, 1);
  filter.admit({first, 2}, 1);
  finish({first, 2});
  EXPECT_EQ(filter.admit({first, 3}, 1), verdict::execute);
  EXPECT_EQ(filter.admit({first, 2}, 1), verdict::answered);
}

TEST_F(filtered_calls, come_too_late_when_their_caller_has_the_answer_or_has_given_up) {
  filter.admit({first, 3}, 3);
  EXPECT_EQ(filter.admit({first, 2}, 1), verdict::stale);
  EXPECT_EQ(filter.admit({first, 3}, 1), verdict::in_progress) << "an older word changes nothing";
}

TEST_F(filtered_calls, are_numbered_from_one_and_not_below_the_lowest_open_one) {
  EXPECT_EQ(filter.admit({first, 0}, 0), verdict::stale);
  EXPECT_EQ(filter.admit({first, 1}, 2), verdict::stale);
  EXPECT_EQ(filter.callers(), 0u);
}

TEST_F(filtered_calls, can_be_acknowledged_without_a_new_one) {
  filter.admit({first, 1}, 1);
  finish({first, 1});
  filter.acknowledge(first, 2);
  EXPECT_EQ(filter.calls(), 0u);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::stale);
  filter.acknowledge(second, 2);
  EXPECT_EQ(filter.callers(), 1u);
}

TEST_F(filtered_calls, that_run_are_remembered_until_they_are_done_although_nobody_waits) {
  filter.admit({first, 1}, 1);
  filter.acknowledge(first, 2);
  EXPECT_EQ(filter.calls(), 1u);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::stale);
  finish({first, 1});
  EXPECT_EQ(filter.calls(), 0u);
  EXPECT_EQ(filter.answer_bytes(), 0u);
}

TEST_F(filtered_calls, are_forgotten_with_their_caller) {
  filter.admit({first, 1}, 1);
  finish({first, 1});
  filter.admit({second, 1}, 1);
  filter.forget(first);
  EXPECT_EQ(filter.callers(), 1u);
  EXPECT_EQ(filter.calls(), 1u);
  EXPECT_EQ(filter.answer_bytes(), 0u);
  EXPECT_FALSE(filter.knows(first));
}

TEST_F(filtered_calls, that_run_outlive_their_caller_until_they_are_done) {
  filter.admit({first, 1}, 1);
  filter.forget(first);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::stale);
  EXPECT_EQ(filter.calls(), 1u);
  finish({first, 1});
  EXPECT_EQ(filter.calls(), 0u);
  EXPECT_EQ(filter.callers(), 0u);
}

TEST_F(filtered_calls, are_forgotten_with_the_life_of_their_node) {
  caller_id next_life{{ada.node, {2}}, 1};
  for (const auto& each : {first, next_life}) {
    filter.admit({each, 1}, 1);
    finish({each, 1});
  }
  filter.forget(ada);
  EXPECT_FALSE(filter.knows(first));
  EXPECT_TRUE(filter.knows(next_life));
}

TEST_F(filtered_calls, of_one_caller_have_a_limit) {
  for (std::uint64_t number = 1; number <= 3; ++number)
    EXPECT_EQ(filter.admit({first, number}, 1), verdict::execute);
  EXPECT_EQ(filter.admit({first, 4}, 1), verdict::refused);
  EXPECT_EQ(filter.admit({first, 3}, 1), verdict::in_progress) << "what is known is not refused";
  finish({first, 1});
  EXPECT_EQ(filter.admit({first, 4}, 2), verdict::execute) << "the try itself makes room";
}

TEST_F(filtered_calls, of_all_callers_have_a_limit) {
  for (std::uint64_t number = 1; number <= 2; ++number) {
    EXPECT_EQ(filter.admit({first, number}, 1), verdict::execute);
    EXPECT_EQ(filter.admit({second, number}, 1), verdict::execute);
  }
  EXPECT_EQ(filter.admit({first, 3}, 1), verdict::refused);
  filter.forget(second);
  finish({second, 1});
  EXPECT_EQ(filter.admit({first, 3}, 1), verdict::execute);
}

TEST_F(filtered_calls, of_more_callers_than_the_limit_are_refused) {
  filter.admit({first, 1}, 1);
  filter.admit({second, 1}, 1);
  caller_id third{ada, 3};
  EXPECT_EQ(filter.admit({third, 1}, 1), verdict::refused);
  finish({first, 1});
  filter.forget(first);
  EXPECT_EQ(filter.admit({third, 1}, 1), verdict::execute);
}

TEST_F(filtered_calls, are_refused_when_the_room_for_answers_is_full) {
  filter.admit({first, 1}, 1);
  finish({first, 1}, std::string(10, 'x'));
  EXPECT_EQ(filter.answer_bytes(), 10u);
  EXPECT_EQ(filter.admit({first, 2}, 1), verdict::refused);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::answered);
}

TEST_F(filtered_calls, are_not_executed_again_when_there_was_no_room_for_their_answer) {
  filter.admit({first, 1}, 1);
  finish({first, 1}, std::string(11, 'x'));
  EXPECT_EQ(filter.answer_bytes(), 0u);
  EXPECT_EQ(filter.admit({first, 1}, 1), verdict::not_kept);
}

} // namespace
} // namespace chorus::requests
