#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/try_failure.hpp>

#include <gtest/gtest.h>

namespace chorus::requests {
namespace {

using verdict = duplicate_filter::verdict;

TEST(the_fate_of_a_request, is_not_executed_only_if_no_handler_was_given_it) {
  EXPECT_EQ(fate_at(request_stage::not_sent), request_fate::not_executed);
  EXPECT_EQ(fate_at(request_stage::turned_away), request_fate::not_executed);
  EXPECT_EQ(fate_at(request_stage::sent), request_fate::unknown);
  EXPECT_EQ(fate_at(request_stage::handed_over), request_fate::unknown);
}

TEST(the_fate_of_a_request, is_executed_once_a_handler_has_answered) {
  EXPECT_EQ(fate_at(request_stage::answered), request_fate::executed);
  EXPECT_EQ(fate_at(request_stage::answered, true), request_fate::executed);
}

TEST(the_fate_of_a_request, is_never_denied_once_a_handler_has_delegated_it) {
  for (auto stage :
       {request_stage::not_sent, request_stage::sent, request_stage::turned_away, request_stage::handed_over})
    EXPECT_EQ(fate_at(stage, true), request_fate::unknown);
}

TEST(the_fate_of_a_request, has_a_name) {
  EXPECT_EQ(to_string(request_fate::executed), "executed");
  EXPECT_EQ(to_string(request_fate::not_executed), "not_executed");
  EXPECT_EQ(to_string(request_fate::unknown), "unknown");
}

TEST(a_refused_try, is_executed_if_its_answer_is_lost_and_not_if_there_was_no_room_for_it) {
  EXPECT_EQ(refusal_of(verdict::refused), refusal::overloaded);
  EXPECT_EQ(fate_of(refusal::overloaded), request_fate::not_executed);
  EXPECT_EQ(refusal_of(verdict::not_kept), refusal::not_kept);
  EXPECT_EQ(fate_of(refusal::not_kept), request_fate::executed);
}

TEST(a_refused_try, may_have_been_executed_if_another_has_taken_its_place_or_it_is_late) {
  EXPECT_EQ(refusal_of(verdict::in_progress), refusal::superseded);
  EXPECT_EQ(fate_of(refusal::superseded), request_fate::unknown);
  EXPECT_EQ(refusal_of(verdict::stale), refusal::stale);
  EXPECT_EQ(fate_of(refusal::stale), request_fate::unknown);
}

TEST(a_try, that_is_executed_or_answered_is_not_refused) {
  EXPECT_EQ(refusal_of(verdict::execute), std::nullopt);
  EXPECT_EQ(refusal_of(verdict::answered), std::nullopt);
}

TEST(a_failed_try, is_followed_by_another_if_there_was_no_room) {
  EXPECT_EQ(failure_of(errc::overloaded), try_failure::no_room);
  for (auto has_open_tries : {false, true}) {
    EXPECT_EQ(after(try_failure::no_room, false, has_open_tries), next_step::try_again);
    EXPECT_EQ(after(try_failure::no_room, true, has_open_tries), next_step::try_again);
  }
}

TEST(a_failed_try, is_the_last_if_its_target_is_lost_and_no_other_can_be_found) {
  EXPECT_EQ(failure_of(errc::node_down), try_failure::target_lost);
  EXPECT_EQ(failure_of(errc::not_found), try_failure::target_lost);
  for (auto has_open_tries : {false, true}) {
    EXPECT_EQ(after(try_failure::target_lost, false, has_open_tries), next_step::give_up);
    EXPECT_EQ(after(try_failure::target_lost, true, has_open_tries), next_step::find_target);
  }
}

TEST(a_failed_try, does_not_end_the_call_if_a_leaving_target_has_an_earlier_one) {
  EXPECT_EQ(failure_of(errc::unavailable), try_failure::target_leaving);
  for (auto can_find_target : {false, true})
    EXPECT_EQ(after(try_failure::target_leaving, can_find_target, true), next_step::await_open_tries);
  EXPECT_EQ(after(try_failure::target_leaving, false, false), next_step::give_up);
  EXPECT_EQ(after(try_failure::target_leaving, true, false), next_step::find_target);
}

TEST(a_failed_try, is_the_last_if_trying_again_cannot_help) {
  for (auto code : {errc::too_large, errc::unknown_type, errc::invalid_argument, errc::malformed})
    EXPECT_EQ(failure_of(code), try_failure::hopeless);
  EXPECT_EQ(after(try_failure::hopeless, true, true), next_step::give_up);
}

} // namespace
} // namespace chorus::requests
