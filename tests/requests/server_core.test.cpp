#include <chorus/runtime/requests/server_core.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace chorus::requests {
namespace {

constexpr peer home{{0, 1}, {1}};
constexpr caller_id ada{home, 1};
constexpr caller_id ben{home, 2};
constexpr caller_id elsewhere{{{0, 2}, {1}}, 1};

std::string name_of(const caller_id& who) {
  return who == ada ? "ada" : who == ben ? "ben" : "another";
}

std::string describe(const server_core::execute& step) {
  return "execution " + std::to_string(step.execution);
}

std::string describe(const server_core::give_answer& step) {
  return "answer " + std::any_cast<std::string>(step.content);
}

std::string describe(const server_core::refuse& step) {
  constexpr const char* reasons[] = {"", "overloaded", "superseded", "not kept", "stale"};
  return "try " + std::to_string(step.to.attempt) + " of " + name_of(step.to.call.caller) + " is "
         + reasons[static_cast<int>(step.reason)];
}

std::string describe(const server_core::turn_away&) {
  return "turned away";
}

class calls_of_a_server : public testing::Test {
protected:
  /// A try of a call, under its own number; what is to be done.
  std::string
  call(const caller_id& by, std::uint64_t number, std::uint64_t lowest_open, bool is_in_reach = true) {
    auto decision = core.receive({{by, number}, ++last_attempt}, lowest_open, is_in_reach);
    return std::visit([](const auto& what) { return describe(what); }, decision);
  }

  /// Who is told.
  std::string answer(std::uint64_t execution, const std::string& what) {
    return told(core.answered(execution, what, what.size()));
  }

  static std::string told(const std::optional<server_core::waiting>& who) {
    return who ? "try " + std::to_string(who->attempt) + " of " + name_of(who->call.caller) : "nobody";
  }

  server_core core{{.callers = 2, .calls_of_one_caller = 2, .calls = 3, .answer_bytes = 5}};
  std::uint64_t last_attempt = 0;
};

TEST_F(calls_of_a_server, are_executed_once_and_answered_again) {
  EXPECT_EQ(call(ada, 1, 1), "execution 1");
  EXPECT_EQ(answer(1, "one"), "try 1 of ada");
  EXPECT_EQ(call(ada, 1, 1), "answer one");
  EXPECT_EQ(call(ada, 1, 1), "answer one");
}

TEST_F(calls_of_a_server, that_run_are_answered_to_their_last_try) {
  call(ada, 1, 1);
  EXPECT_EQ(call(ada, 1, 1), "try 1 of ada is superseded");
  EXPECT_EQ(call(ada, 1, 1), "try 2 of ada is superseded");
  EXPECT_EQ(core.running(), 1u);
  EXPECT_EQ(answer(1, "one"), "try 3 of ada");
}

TEST_F(calls_of_a_server, of_several_callers_are_told_apart) {
  EXPECT_EQ(call(ada, 1, 1), "execution 1");
  EXPECT_EQ(call(ben, 1, 1), "execution 2");
  EXPECT_EQ(answer(2, "two"), "try 2 of ben");
  EXPECT_EQ(answer(1, "one"), "try 1 of ada");
}

TEST_F(calls_of_a_server, have_one_answer) {
  call(ada, 1, 1);
  answer(1, "one");
  EXPECT_EQ(answer(1, "again"), "nobody");
  EXPECT_EQ(answer(77, "of nothing"), "nobody");
  EXPECT_EQ(call(ada, 1, 1), "answer one");
}

TEST_F(calls_of_a_server, are_not_executed_when_their_caller_has_gone_on) {
  call(ada, 2, 2);
  EXPECT_EQ(call(ada, 1, 1), "try 2 of ada is stale");
}

TEST_F(calls_of_a_server, are_refused_at_a_limit_until_others_are_acknowledged) {
  call(ada, 1, 1);
  call(ada, 2, 1);
  EXPECT_EQ(call(ada, 3, 1), "try 3 of ada is overloaded");
  answer(1, "1");
  core.acknowledge(ada, 2);
  EXPECT_EQ(call(ada, 3, 2), "execution 3");
}

TEST_F(calls_of_a_server, say_that_an_answer_without_room_is_lost) {
  call(ada, 1, 1);
  EXPECT_EQ(answer(1, "too long"), "try 1 of ada") << "given once";
  EXPECT_EQ(call(ada, 1, 1), "try 2 of ada is not kept");
}

TEST_F(calls_of_a_server, are_forgotten_when_their_caller_has_ended) {
  call(ada, 1, 1);
  answer(1, "one");
  call(ben, 1, 1);
  EXPECT_EQ(call(elsewhere, 1, 1), "try 3 of another is overloaded");
  core.caller_ended(ada);
  EXPECT_EQ(call(elsewhere, 1, 1), "execution 3");
}

TEST_F(calls_of_a_server, are_forgotten_when_the_life_of_their_callers_has_ended) {
  call(ada, 1, 1);
  call(ben, 1, 1);
  core.life_ended(home);
  EXPECT_EQ(call(elsewhere, 1, 1), "try 3 of another is overloaded") << "both still run";
  answer(1, "one");
  answer(2, "two");
  EXPECT_EQ(call(elsewhere, 1, 1), "execution 3");
}

TEST_F(calls_of_a_server, that_come_through_a_third_node_after_the_life_of_their_caller_are_turned_away) {
  EXPECT_EQ(call(elsewhere, 1, 1), "execution 1");
  answer(1, "a");
  core.life_ended(elsewhere.home);
  EXPECT_EQ(call(elsewhere, 1, 1, false), "turned away");
}

TEST_F(calls_of_a_server, of_a_caller_that_is_known_are_known_while_it_is_out_of_reach) {
  EXPECT_EQ(call(ada, 1, 1), "execution 1");
  EXPECT_EQ(call(ada, 1, 1, false), "try 1 of ada is superseded");
  EXPECT_EQ(answer(1, "a"), "try 2 of ada");
  EXPECT_EQ(call(ada, 1, 1, false), "answer a");
  EXPECT_EQ(call(ada, 2, 1, false), "execution 2");
  EXPECT_EQ(call(ben, 1, 1, false), "turned away");
}

TEST_F(calls_of_a_server, that_run_are_told_the_end_of_the_worker) {
  call(ada, 1, 1);
  call(ada, 2, 1);
  answer(1, "one");
  call(ada, 2, 1);
  auto open = core.worker_ended();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(told(open[0]), "try 3 of ada");
  EXPECT_TRUE(core.has_ended());
}

TEST_F(calls_of_a_server, are_turned_away_after_the_end_of_the_worker) {
  call(ada, 1, 1);
  EXPECT_EQ(core.worker_ended().size(), 1u);
  EXPECT_EQ(call(ada, 1, 1), "turned away");
  EXPECT_EQ(call(ben, 1, 1), "turned away");
  EXPECT_EQ(answer(1, "late"), "nobody");
}

} // namespace
} // namespace chorus::requests
