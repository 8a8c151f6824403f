#include "handle_accounts.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using requests::request_fate;

constexpr peer home{{0, 1}, {1}};
constexpr handles::actor_name actor{home, 7};

/// Histories told by hand.
struct accounts_of_handles : ::testing::Test {
  bool is_broken() const { return accounts.violation().has_value(); }

  handle_accounts accounts;
};

TEST_F(accounts_of_handles, are_right_when_a_request_runs_and_ends_and_a_held_actor_lives) {
  accounts.asked(1, actor);
  accounts.executed(1);
  accounts.ended(1, request_fate::executed);
  accounts.look({{{}, {}, {actor}}, {{}, {actor}, {}}});
  EXPECT_FALSE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_a_request_ends_twice) {
  accounts.asked(1, actor);
  accounts.ended(1, request_fate::unknown);
  EXPECT_FALSE(is_broken());
  accounts.ended(1, request_fate::unknown);
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_a_request_has_not_ended_at_rest) {
  accounts.asked(1, actor);
  accounts.look({});
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, let_a_request_be_open_that_is_of_nobody) {
  accounts.asked(1, actor);
  accounts.asked(2, {{{0, 2}, {1}}, 7});
  accounts.forgotten(actor);
  accounts.forgotten(peer{{0, 2}, {1}});
  accounts.look({});
  EXPECT_FALSE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_what_has_run_is_denied) {
  accounts.asked(1, actor);
  accounts.executed(1);
  accounts.ended(1, request_fate::not_executed);
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_what_was_denied_runs) {
  accounts.asked(1, actor);
  accounts.ended(1, request_fate::not_executed);
  EXPECT_FALSE(is_broken());
  accounts.executed(1);
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_nobody_has_run_what_is_said_to_have_run) {
  accounts.asked(1, actor);
  accounts.ended(1, request_fate::executed);
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_an_actor_lives_that_nobody_holds) {
  accounts.look({{{}, {}, {actor}}});
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_somebody_holds_an_actor_that_has_ended) {
  accounts.look({{{}, {actor}, {}}});
  EXPECT_TRUE(is_broken());
}

TEST_F(accounts_of_handles, are_wrong_when_an_introduction_is_left) {
  accounts.look({{"1 introductions are not settled", {}, {}}});
  EXPECT_TRUE(is_broken());
}

} // namespace
} // namespace chorus::testing
