#include "expectations.hpp"

#include <chorus/simulation/history/agreement.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

using ::testing::ElementsAre;
using testing::invariants;
using ::testing::IsEmpty;

constexpr auto regular = agreement_kind::regular;
constexpr auto uniform = agreement_kind::uniform;

const participant ada{1};
const participant bob{2};
const participant eve{3};

struct three_founders {
  broadcast_history history;

  three_founders() {
    for (auto member : {ada, bob, eve})
      history.founded(member);
  }
};

TEST(agreement, holds_when_all_correct_members_have_the_same_in_any_order) {
  three_founders lobby;
  auto first = lobby.history.published(ada);
  auto second = lobby.history.published(bob);
  for (auto member : {ada, bob, eve}) {
    lobby.history.delivered(member, member == eve ? second : first);
    lobby.history.delivered(member, member == eve ? first : second);
  }
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob, eve}, uniform), IsEmpty());
}

TEST(agreement, is_broken_by_a_correct_member_that_lacks_what_another_has) {
  three_founders lobby;
  auto message = lobby.history.published(eve);
  lobby.history.delivered(ada, message);
  auto found = check_agreement(lobby.history, {ada, bob}, regular);
  ASSERT_THAT(invariants(found), ElementsAre("agreement"));
  EXPECT_EQ(found[0].what, "p2 lacks p3#1, which p1 delivered");
  EXPECT_THAT(found[0].messages, ElementsAre(message));
}

TEST(agreement, counts_what_else_is_lacking) {
  three_founders lobby;
  lobby.history.delivered(ada, lobby.history.published(eve));
  lobby.history.delivered(ada, lobby.history.published(eve));
  auto found = check_agreement(lobby.history, {ada, bob}, regular);
  ASSERT_THAT(invariants(found), ElementsAre("agreement"));
  EXPECT_EQ(found[0].what, "p2 lacks p3#1 and 1 more, which p1 delivered");
}

TEST(agreement, does_not_bind_members_that_are_not_correct) {
  three_founders lobby;
  lobby.history.delivered(ada, lobby.history.published(ada));
  EXPECT_THAT(check_agreement(lobby.history, {ada}, uniform), IsEmpty());
}

TEST(agreement, lets_the_message_of_a_failed_origin_be_lost_for_all) {
  three_founders lobby;
  lobby.history.published(eve);
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob}, uniform), IsEmpty());
}

TEST(agreement, follows_a_failed_member_only_if_it_is_uniform) {
  three_founders lobby;
  lobby.history.delivered(eve, lobby.history.published(eve));
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob}, regular), IsEmpty());
  auto found = check_agreement(lobby.history, {ada, bob}, uniform);
  EXPECT_THAT(invariants(found), ElementsAre("agreement", "agreement"));
}

TEST(agreement, is_not_broken_by_what_was_published_before_a_member_had_joined) {
  three_founders lobby;
  participant newcomer{4};
  auto early = lobby.history.published(ada);
  auto joined = lobby.history.joined(newcomer);
  lobby.history.delivered(ada, early);
  EXPECT_THAT(check_agreement(lobby.history, {ada, newcomer}, regular), IsEmpty());

  lobby.history.truth().append(ada, joined);
  lobby.history.delivered(ada, lobby.history.published(ada));
  EXPECT_THAT(invariants(check_agreement(lobby.history, {ada, newcomer}, regular)), ElementsAre("agreement"));
}

TEST(agreement, excuses_what_lies_before_a_member_joined_again) {
  three_founders lobby;
  auto missed = lobby.history.published(ada);
  lobby.history.delivered(ada, missed);
  EXPECT_FALSE(check_agreement(lobby.history, {ada, bob}, regular).empty());
  lobby.history.joined(bob);
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob}, regular), IsEmpty());
}

TEST(agreement, counts_what_was_delivered_before_joining_again) {
  three_founders lobby;
  auto message = lobby.history.published(ada);
  lobby.history.delivered(ada, message);
  lobby.history.delivered(bob, message);
  lobby.history.joined(bob);
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob}, regular), IsEmpty());
}

TEST(validity, is_broken_by_a_correct_member_that_lacks_its_own_message) {
  three_founders lobby;
  auto message = lobby.history.published(ada);
  auto found = check_agreement(lobby.history, {ada, bob}, regular);
  ASSERT_THAT(invariants(found), ElementsAre("validity"));
  EXPECT_EQ(found[0].what, "p1 published p1#1 and lacks it");
  lobby.history.delivered(ada, message);
  lobby.history.delivered(bob, message);
  EXPECT_THAT(check_agreement(lobby.history, {ada, bob}, regular), IsEmpty());
}

TEST(validity, does_not_bind_an_origin_that_is_no_member) {
  three_founders lobby;
  participant outsider{9};
  lobby.history.published(outsider);
  EXPECT_THAT(check_agreement(lobby.history, {ada, outsider}, regular), IsEmpty());
}

TEST(agreement, reports_the_first_violations_up_to_the_limit) {
  for (auto lacking : {max_violations, max_violations + 1}) {
    broadcast_history history;
    std::set<participant> correct;
    for (std::uint32_t i = 1; i <= lacking + 1; ++i) {
      history.founded({i});
      correct.insert({i});
    }
    history.delivered({1}, history.published({1}));
    EXPECT_EQ(check_agreement(history, correct, regular).size(), max_violations);
  }
}

} // namespace
} // namespace chorus::simulation
