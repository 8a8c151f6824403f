#include <chorus/membership/peers/core.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chorus::membership::peers {
namespace {

using namespace std::chrono_literals;
using why = link::closed::why;

std::string text_of(const open_relation& step) {
  return "open " + to_string(step.relation) + (step.was_greeted ? " greeted" : "");
}

std::string text_of(const end_relation& step) {
  return "end " + to_string(step.relation);
}

std::string text_of(const forget_relation& step) {
  return "forget " + to_string(step.relation);
}

std::string text_of(const peer_up& step) {
  return "up " + to_string(step.relation) + (step.again ? " again" : "");
}

std::string text_of(const peer_down& step) {
  return "down " + to_string(step.relation) + ' ' + std::string{to_string(step.reason)};
}

std::string text_of(const peer_gone& step) {
  return "gone " + std::string{to_string(step.reason)};
}

std::string text_of(const unreachable&) {
  return "unreachable";
}

std::string text_of(const doubted& step) {
  return step.is_doubted ? "doubted" : "trusted";
}

/// A table that knows of one life of bob, and what it wants done.
class table_of_peers : public ::testing::Test {
protected:
  using steps = std::vector<std::string>;

  static member bob(std::uint64_t life = 1) { return {{{2, 2}, {life}}, "bob", {"bob", 7000}}; }

  steps tell(const input& what) {
    core_.apply(now_, what);
    return wanted();
  }

  steps after(duration time) {
    now_ += time;
    core_.tick(now_);
    return wanted();
  }

  /// Bob is up in relation 1.
  void meet_bob() {
    ASSERT_EQ(tell(joined{bob()}), steps{"open 1"});
    ASSERT_EQ(tell(relation_established{{1}}), steps{"up 1"});
  }

  /// The end of a relation takes no time, as the host ends it at once.
  steps closed(std::uint64_t relation, why reason) { return tell(relation_closed{{relation}, reason}); }

  peers::settings settings_;
  core core_{settings_};
  time_point now_;

private:
  steps wanted() {
    steps all;
    for (const auto& each : core_.drain())
      all.push_back(std::visit([](const auto& step) { return text_of(step); }, each));
    return all;
  }
};

TEST_F(table_of_peers, opens_a_relation_with_a_member_and_is_up_when_both_ends_agree) {
  EXPECT_EQ(tell(joined{bob()}), steps{"open 1"});
  EXPECT_EQ(core_.relation_with(bob().who), relation_number{1});
  EXPECT_FALSE(core_.is_up(bob().who));
  EXPECT_EQ(tell(relation_established{{1}}), steps{"up 1"});
  EXPECT_TRUE(core_.is_up(bob().who));
  EXPECT_EQ(core_.next_deadline(), std::nullopt);
}

TEST_F(table_of_peers, answers_a_hello_of_members_only) {
  EXPECT_EQ(tell(greeted{bob().who}), steps{});
  EXPECT_EQ(tell(joined{bob()}), steps{"open 1"});
  EXPECT_EQ(tell(greeted{bob().who}), steps{}) << "there is a relation";
}

TEST_F(table_of_peers, does_not_answer_a_hello_of_another_process_with_a_member_s_life) {
  tell(joined{bob()});
  closed(1, why::unresponsive);
  EXPECT_EQ(tell(greeted{bob().who, bob().nonce + 1}), steps{});
  EXPECT_EQ(tell(greeted{bob().who, bob().nonce}), steps{"open 2 greeted"});
}

TEST_F(table_of_peers, knows_the_members_and_whose_relation_still_ends) {
  EXPECT_EQ(core_.find_member(bob().who), nullptr);
  meet_bob();
  ASSERT_NE(core_.find_member(bob().who), nullptr);
  EXPECT_EQ(core_.find_member(bob().who)->name, bob().name);
  tell(failed{bob().who});
  EXPECT_NE(core_.find_member(bob().who), nullptr);
  closed(1, why::abandoned);
  EXPECT_EQ(core_.find_member(bob().who), nullptr);
}

// -- verdicts ----------------------------------------------------------------------------------------------

TEST_F(table_of_peers, ends_the_relation_with_a_member_that_has_failed) {
  meet_bob();
  EXPECT_EQ(tell(failed{bob().who}), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "down 1 failed", "gone failed"}));
  EXPECT_EQ(tell(greeted{bob().who}), steps{}) << "it is no member";
  EXPECT_EQ(core_.size(), 0U);
}

TEST_F(table_of_peers, begins_another_relation_when_a_verdict_is_taken_back) {
  meet_bob();
  tell(failed{bob().who});
  closed(1, why::abandoned);
  EXPECT_EQ(tell(joined{bob()}), steps{"open 2"});
  EXPECT_EQ(tell(relation_established{{2}}), steps{"up 2 again"});
}

TEST_F(table_of_peers, begins_another_relation_when_a_verdict_is_taken_back_before_the_link_has_ended) {
  meet_bob();
  EXPECT_EQ(tell(failed{bob().who}), steps{"end 1"});
  EXPECT_EQ(tell(joined{bob()}), steps{});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "down 1 failed", "open 2"}));
}

TEST_F(table_of_peers, tells_nobody_of_a_relation_that_never_was_up) {
  tell(joined{bob()});
  EXPECT_EQ(tell(failed{bob().who}), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "gone failed"}));
}

TEST_F(table_of_peers, says_of_a_failed_life_how_it_has_ended) {
  meet_bob();
  tell(failed{bob().who});
  closed(1, why::abandoned);
  EXPECT_EQ(tell(restarted{bob()}), steps{"gone restarted"});
}

TEST_F(table_of_peers, ends_a_life_before_the_later_one_is_up) {
  meet_bob();
  EXPECT_EQ(tell(restarted{bob()}), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "down 1 restarted", "gone restarted"}));
  EXPECT_EQ(tell(joined{bob(2)}), steps{"open 2"});
  EXPECT_EQ(tell(relation_established{{2}}), steps{"up 2 again"});
}

// -- leaving -----------------------------------------------------------------------------------------------

TEST_F(table_of_peers, waits_for_the_goodbye_of_a_member_that_leaves) {
  meet_bob();
  EXPECT_EQ(tell(left{bob()}), steps{});
  EXPECT_TRUE(core_.is_up(bob().who)) << "what it sent before is on its way";
  EXPECT_EQ(closed(1, why::closed_by_peer), (steps{"forget 1", "down 1 left", "gone left"}));
}

TEST_F(table_of_peers, does_not_wait_for_a_goodbye_for_ever) {
  meet_bob();
  tell(left{bob()});
  EXPECT_EQ(core_.next_deadline(), now_ + settings_.goodbye_within);
  EXPECT_EQ(after(settings_.goodbye_within - 1ns), steps{});
  EXPECT_EQ(after(1ns), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "down 1 left", "gone left"}));
}

TEST_F(table_of_peers, waits_for_no_goodbye_of_a_member_that_was_not_up) {
  tell(joined{bob()});
  EXPECT_EQ(tell(left{bob()}), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "gone left"}));
}

TEST_F(table_of_peers, takes_a_goodbye_for_a_leave_before_membership_says_so) {
  meet_bob();
  EXPECT_EQ(closed(1, why::closed_by_peer), (steps{"forget 1", "down 1 left"}));
  EXPECT_EQ(tell(left{bob()}), steps{"gone left"});
}

TEST_F(table_of_peers, goes_on_with_who_said_goodbye_if_membership_does_not_say_that_it_left) {
  meet_bob();
  closed(1, why::closed_by_peer);
  EXPECT_EQ(after(settings_.news_within), steps{"open 2"});
}

TEST_F(table_of_peers, takes_the_answer_of_a_later_life_for_a_restart) {
  meet_bob();
  EXPECT_EQ(closed(1, why::peer_restarted), (steps{"forget 1", "down 1 restarted"}));
  EXPECT_EQ(tell(restarted{bob()}), steps{"gone restarted"});
}

// -- what only one link knows ------------------------------------------------------------------------------

TEST_F(table_of_peers, begins_anew_when_the_other_end_has_ended_the_relation) {
  meet_bob();
  EXPECT_EQ(closed(1, why::ended_by_peer), (steps{"forget 1", "down 1 ended by peer", "open 2"}));
}

TEST_F(table_of_peers, tells_membership_when_a_member_cannot_be_reached_and_waits) {
  meet_bob();
  EXPECT_EQ(closed(1, why::unresponsive), (steps{"forget 1", "down 1 unreachable", "unreachable"}));
  EXPECT_EQ(tell(greeted{bob().who}), steps{}) << "during the pause a hello is not answered";
  EXPECT_EQ(after(back_off::shortest), steps{"open 2"});
}

/// Two ends that pause at different times, and are deaf meanwhile, may miss each other for as long as a pause
/// can be.
TEST_F(table_of_peers, answers_a_hello_in_the_pause_after_a_relation_that_never_was_up) {
  tell(joined{bob()});
  closed(1, why::unresponsive);
  EXPECT_EQ(tell(greeted{bob().who}), steps{"open 2 greeted"});
}

TEST_F(table_of_peers, waits_longer_each_time_that_it_cannot_reach_a_member) {
  meet_bob();
  std::uint64_t relation = 1;
  for (auto pause : {1s, 2s, 4s}) {
    closed(relation, why::unresponsive);
    EXPECT_EQ(core_.next_deadline(), now_ + pause);
    EXPECT_EQ(after(pause), steps{"open " + std::to_string(++relation)});
  }
}

TEST_F(table_of_peers, waits_after_it_has_given_a_relation_up) {
  meet_bob();
  EXPECT_EQ(tell(given_up{bob().who}), steps{"end 1"});
  EXPECT_EQ(closed(1, why::abandoned), (steps{"forget 1", "down 1 unreachable", "unreachable"}));
  EXPECT_EQ(core_.next_deadline(), now_ + back_off::shortest);
}

TEST_F(table_of_peers, waits_after_a_violation) {
  meet_bob();
  EXPECT_EQ(closed(1, why::violation), (steps{"forget 1", "down 1 violation"}));
  EXPECT_EQ(core_.next_deadline(), now_ + back_off::shortest);
}

TEST_F(table_of_peers, stops_waiting_when_membership_has_spoken) {
  meet_bob();
  closed(1, why::unresponsive);
  EXPECT_EQ(tell(failed{bob().who}), steps{"gone failed"});
  EXPECT_EQ(core_.next_deadline(), std::nullopt);
  EXPECT_EQ(tell(joined{bob()}), steps{"open 2"}) << "it has answered";
}

/// Were it to say hello itself, it would end what the other end has just begun, and so on for ever.
TEST_F(table_of_peers, answers_a_hello_with_which_the_other_end_begins_anew_and_says_none) {
  meet_bob();
  EXPECT_EQ(closed(1, why::superseded), (steps{"forget 1", "down 1 ended by peer"}));
  EXPECT_EQ(tell(greeted{bob().who}), steps{"open 2 greeted"});
}

TEST_F(table_of_peers, says_hello_if_the_one_that_ended_the_relation_does_not_come_again) {
  meet_bob();
  closed(1, why::superseded);
  EXPECT_EQ(after(settings_.news_within), steps{"open 2"});
}

// -- doubt -------------------------------------------------------------------------------------------------

TEST_F(table_of_peers, doubts_a_life_whose_connection_broke_and_whose_addresses_refuse) {
  meet_bob();
  EXPECT_EQ(tell(connection_refused{bob().who}), steps{}) << "the connection stands";
  EXPECT_EQ(tell(connection_broken{bob().who}), steps{});
  EXPECT_TRUE(core_.is_questioned(bob().who));
  EXPECT_EQ(tell(connection_refused{bob().who}), steps{"doubted"});
  EXPECT_EQ(tell(connection_refused{bob().who}), steps{}) << "it is told once";
}

TEST_F(table_of_peers, takes_a_doubt_back_when_anything_arrives) {
  meet_bob();
  tell(connection_broken{bob().who});
  tell(connection_refused{bob().who});
  EXPECT_EQ(tell(heard{bob().who}), steps{"trusted"});
  EXPECT_FALSE(core_.is_questioned(bob().who));
  EXPECT_EQ(tell(connection_refused{bob().who}), steps{}) << "that was before";
}

TEST_F(table_of_peers, has_no_doubts_of_a_relation_that_is_over) {
  meet_bob();
  tell(connection_broken{bob().who});
  tell(connection_refused{bob().who});
  closed(1, why::ended_by_peer);
  EXPECT_EQ(tell(heard{bob().who}), steps{});
}

// -- what came late ----------------------------------------------------------------------------------------

TEST_F(table_of_peers, ignores_what_is_said_of_relations_and_lives_that_it_does_not_have) {
  meet_bob();
  EXPECT_EQ(tell(relation_established{{9}}), steps{});
  EXPECT_EQ(closed(9, why::unresponsive), steps{});
  for (const auto& what : std::vector<input>{
           failed{bob(2).who}, greeted{bob(2).who}, connection_broken{bob(2).who}, heard{bob(2).who}})
    EXPECT_EQ(tell(what), steps{});
  EXPECT_TRUE(core_.is_up(bob().who));
}

} // namespace
} // namespace chorus::membership::peers
