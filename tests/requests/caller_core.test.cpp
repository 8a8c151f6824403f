#include <chorus/runtime/requests/caller_core.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chorus::requests {
namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

constexpr server_id store{{{0, 1}, {1}}, 7};
constexpr server_id bank{{{0, 2}, {1}}, 7};

/// One second for an answer, then a pause of at most 100 ms, and so on; three tries.
constexpr retry_policy policy{1s, 100ms, 100ms, 10s, 3};

std::string describe(const caller_core::send& step) {
  auto text = "try " + std::to_string(step.attempt) + " of call " + std::to_string(step.call);
  return step.lowest_open == 0 ? text : text + ", lowest open " + std::to_string(step.lowest_open);
}

std::string describe(const caller_core::find_target& step) {
  return "who is called by call " + std::to_string(step.call) + "?";
}

std::string describe(const caller_core::ended& step) {
  auto text = "call " + std::to_string(step.call);
  auto fate = ", " + to_string(step.fate);
  switch (step.how) {
  case caller_core::ended::how::answered:
    return text + " is answered";
  case caller_core::ended::how::hopeless:
    return text + " is hopeless" + fate;
  case caller_core::ended::how::given_up:
    break;
  }
  return text + " is given up after " + std::to_string(step.tries) + ": " + std::string{to_string(step.code)}
         + fate;
}

std::string describe(const caller_core::acknowledge& step) {
  return (step.server == store ? "store" : "bank")
         + (": answers below " + std::to_string(step.lowest_open) + " are here");
}

class calls_of_a_caller : public testing::Test {
protected:
  std::uint64_t call(const caller_core::new_call& what) {
    auto number = core.begin(now, what);
    EXPECT_TRUE(number);
    return number ? *number : 0;
  }
  std::uint64_t at_least_once() { return call({policy}); }
  std::uint64_t at_most_once(const server_id& whom) { return call({policy, whom}); }

  void answer(std::uint64_t attempt) { core.answered(now, attempt); }
  void refuse(std::uint64_t attempt, refusal reason) { core.refused(now, attempt, reason); }
  void fail(std::uint64_t attempt, errc code, request_fate fate) {
    core.failed(now, attempt, {failure_of(code), code, fate});
  }

  /// All that there is to do now.
  texts steps() {
    texts all;
    while (auto step = core.take_step())
      all.push_back(std::visit([](const auto& what) { return describe(what); }, *step));
    return all;
  }

  /// The next thing to do, at its time.
  texts later() {
    for (;;) {
      if (auto all = steps(); !all.empty())
        return all;
      auto next = core.next_deadline();
      if (!next)
        return {"nothing, ever"};
      EXPECT_GE(*next, now);
      now = *next;
      core.tick(now);
    }
  }

  caller_core core{random_generator{1}};
  time_point now{1min};
};

// -- tries -----------------------------------------------------------------------------------------------

TEST_F(calls_of_a_caller, are_tried_at_once) {
  at_least_once();
  at_least_once();
  EXPECT_EQ(steps(), (texts{"try 1 of call 1", "try 2 of call 2"}));
}

TEST_F(calls_of_a_caller, end_with_an_answer_and_are_not_tried_again) {
  at_least_once();
  steps();
  answer(1);
  EXPECT_EQ(later(), texts{"call 1 is answered"});
  EXPECT_EQ(later(), texts{"nothing, ever"});
  EXPECT_EQ(core.open(), 0u);
}

TEST_F(calls_of_a_caller, are_tried_again_until_the_tries_are_used_up) {
  at_least_once();
  EXPECT_EQ(later(), texts{"try 1 of call 1"});
  EXPECT_EQ(later(), texts{"try 2 of call 1"});
  EXPECT_EQ(later(), texts{"try 3 of call 1"});
  EXPECT_EQ(later(), texts{"call 1 is given up after 3: outcome_unknown, unknown"});
}

TEST_F(calls_of_a_caller, take_the_late_answer_to_an_earlier_try) {
  at_least_once();
  later();
  EXPECT_EQ(later(), texts{"try 2 of call 1"});
  answer(1);
  EXPECT_EQ(steps(), texts{"call 1 is answered"});
}

TEST_F(calls_of_a_caller, hear_nothing_more_once_they_have_ended) {
  at_least_once();
  later();
  later();
  answer(1);
  steps();
  EXPECT_EQ(core.call_of(2), std::nullopt);
  answer(2);
  fail(2, errc::node_down, request_fate::unknown);
  EXPECT_EQ(later(), texts{"nothing, ever"});
}

TEST_F(calls_of_a_caller, hear_of_each_try_once) {
  at_least_once();
  steps();
  EXPECT_EQ(core.call_of(1), 1u);
  fail(1, errc::overloaded, request_fate::not_executed);
  EXPECT_EQ(core.call_of(1), std::nullopt);
  answer(1);
  EXPECT_EQ(later(), texts{"try 2 of call 1"});
}

// -- what failures are followed by -----------------------------------------------------------------------

TEST_F(calls_of_a_caller, are_tried_again_where_there_was_no_room) {
  at_least_once();
  for (std::uint64_t attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(later(), texts{"try " + std::to_string(attempt) + " of call 1"});
    fail(attempt, errc::overloaded, request_fate::not_executed);
  }
  EXPECT_EQ(later(), texts{"call 1 is given up after 3: overloaded, not_executed"});
}

TEST_F(calls_of_a_caller, end_at_once_where_they_can_never_travel) {
  at_least_once();
  steps();
  fail(1, errc::too_large, request_fate::executed);
  EXPECT_EQ(steps(), texts{"call 1 is hopeless, executed"});
}

TEST_F(calls_of_a_caller, end_with_a_target_that_cannot_be_found_again) {
  at_most_once(store);
  steps();
  fail(1, errc::node_down, request_fate::unknown);
  EXPECT_EQ(steps(), texts{"call 1 is given up after 1: outcome_unknown, unknown"});
}

TEST_F(calls_of_a_caller, look_for_their_target_after_it_has_ended) {
  call({.retry = policy, .can_find_target = true});
  steps();
  fail(1, errc::not_found, request_fate::not_executed);
  EXPECT_EQ(later(), texts{"who is called by call 1?"});
  core.found(now, 1, true);
  EXPECT_EQ(later(), texts{"try 2 of call 1"});
}

TEST_F(calls_of_a_caller, look_for_a_target_that_they_never_had) {
  call({.retry = policy, .has_target = false, .can_find_target = true});
  for (auto count = policy.tries; count > 0; --count) {
    EXPECT_EQ(later(), texts{"who is called by call 1?"});
    core.found(now, 1, false);
  }
  EXPECT_EQ(later(), texts{"call 1 is given up after 3: unavailable, not_executed"});
}

TEST_F(calls_of_a_caller, wait_for_an_earlier_try_when_a_leaving_node_refuses_a_later_one) {
  at_most_once(store);
  later();
  later();
  fail(2, errc::unavailable, request_fate::not_executed);
  EXPECT_EQ(steps(), texts{});
  answer(1);
  EXPECT_EQ(steps(), texts{"call 1 is answered"});
}

TEST_F(calls_of_a_caller, wait_for_an_earlier_try_until_their_deadline) {
  auto begun = now;
  at_most_once(store);
  later();
  later();
  fail(2, errc::unavailable, request_fate::not_executed);
  EXPECT_EQ(later(), texts{"call 1 is given up after 2: outcome_unknown, unknown"});
  EXPECT_EQ(now, begun + policy.deadline);
}

// -- what a receiver says that removes duplicates --------------------------------------------------------

TEST_F(calls_of_a_caller, are_tried_again_when_the_receiver_cannot_remember_more) {
  at_most_once(store);
  steps();
  refuse(1, refusal::overloaded);
  EXPECT_EQ(later(), texts{"try 2 of call 1, lowest open 1"});
}

TEST_F(calls_of_a_caller, wait_for_the_try_that_took_the_place_of_another) {
  at_most_once(store);
  later();
  later();
  refuse(1, refusal::superseded);
  EXPECT_EQ(steps(), texts{});
  answer(2);
  EXPECT_EQ(steps(), texts{"call 1 is answered"});
}

TEST_F(calls_of_a_caller, end_when_the_receiver_has_no_answer_any_more) {
  at_most_once(store);
  at_most_once(store);
  steps();
  refuse(1, refusal::not_kept);
  EXPECT_EQ(steps(), texts{"call 1 is given up after 1: overloaded, executed"});
  refuse(2, refusal::stale);
  EXPECT_EQ(steps(), texts{"call 2 is given up after 1: outcome_unknown, unknown"});
}

// -- acknowledgements ------------------------------------------------------------------------------------

TEST_F(calls_of_a_caller, tell_each_server_the_lowest_that_is_open_there) {
  at_most_once(store);
  at_most_once(bank);
  at_most_once(store);
  EXPECT_EQ(
      steps(),
      (texts{
          "try 1 of call 1, lowest open 1",
          "try 2 of call 2, lowest open 2",
          "try 3 of call 3, lowest open 1"})
  );
  answer(1);
  at_most_once(store);
  EXPECT_EQ(steps(), (texts{"call 1 is answered", "try 4 of call 4, lowest open 3"}));
}

TEST_F(calls_of_a_caller, are_acknowledged_when_no_other_follows) {
  at_most_once(store);
  at_most_once(store);
  steps();
  answer(1);
  steps();
  now += 100ms;
  answer(2);
  steps();
  auto answered_at = now;
  EXPECT_EQ(later(), texts{"store: answers below 3 are here"});
  EXPECT_EQ(now, answered_at + caller_core::acknowledge_after);
  EXPECT_EQ(later(), texts{"nothing, ever"});
}

TEST_F(calls_of_a_caller, are_not_acknowledged_while_another_is_open_at_that_server) {
  at_most_once(store);
  at_most_once(store);
  at_most_once(bank);
  steps();
  answer(1);
  answer(3);
  steps();
  now += caller_core::acknowledge_after;
  core.tick(now);
  auto all = later();
  EXPECT_EQ(std::count(all.begin(), all.end(), "bank: answers below 4 are here"), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), "store: answers below 4 are here"), 0);
}

// -- limits, and the end ---------------------------------------------------------------------------------

TEST_F(calls_of_a_caller, are_refused_if_they_make_no_sense) {
  EXPECT_EQ(core.begin(now, {.retry = {.tries = 0}}).failure().code, errc::invalid_argument);
  EXPECT_EQ(core.begin(now, {.retry = policy, .has_target = false}).failure().code, errc::invalid_argument);
  EXPECT_EQ(later(), texts{"nothing, ever"});
}

TEST_F(calls_of_a_caller, are_refused_at_the_limit) {
  for (auto count = caller_core::open_calls_limit; count > 0; --count)
    at_least_once();
  EXPECT_EQ(core.begin(now, {policy}).failure().code, errc::overloaded);
  answer(1);
  EXPECT_TRUE(core.begin(now, {policy}));
}

TEST_F(calls_of_a_caller, end_with_their_caller) {
  at_least_once();
  call({.retry = policy, .has_target = false, .can_find_target = true});
  steps();
  core.found(now, 2, false);
  core.give_up_all(now, errc::unavailable);
  EXPECT_EQ(
      later(),
      (texts{
          "call 1 is given up after 1: outcome_unknown, unknown",
          "call 2 is given up after 1: unavailable, not_executed"})
  );
  EXPECT_EQ(later(), texts{"nothing, ever"});
}

} // namespace
} // namespace chorus::requests
