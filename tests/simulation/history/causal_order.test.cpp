#include "../../support/seeds.hpp"
#include "expectations.hpp"

#include <chorus/simulation/history/causal_order.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace chorus::simulation {
namespace {

using ::testing::ElementsAre;
using testing::invariants;
using ::testing::IsEmpty;

const participant ada{1};
const participant bob{2};
const participant eve{3};

/// Ada asks, Bob has heard her and answers; Eve may hear both.
struct question_and_answer {
  broadcast_history history;
  message_id question;
  message_id answer;

  question_and_answer() {
    for (auto member : {ada, bob, eve})
      history.founded(member);
    question = history.published(ada);
    history.delivered(bob, question);
    answer = history.published(bob);
  }
};

TEST(causal_order, holds_when_the_answer_comes_after_the_question) {
  question_and_answer talk;
  talk.history.delivered(eve, talk.question);
  talk.history.delivered(eve, talk.answer);
  EXPECT_THAT(check_causal_order(talk.history), IsEmpty());
}

TEST(causal_order, is_broken_by_an_answer_before_its_question) {
  question_and_answer talk;
  talk.history.delivered(eve, talk.answer);
  talk.history.delivered(eve, talk.question);
  auto found = check_causal_order(talk.history);
  ASSERT_THAT(invariants(found), ElementsAre("causal order"));
  EXPECT_EQ(found[0].what, "p3 delivered p2#1 before p1#1, whose publishing happened before");
  EXPECT_THAT(found[0].messages, ElementsAre(talk.question, talk.answer));
}

TEST(causal_order, is_broken_by_an_answer_without_its_question) {
  question_and_answer talk;
  talk.history.delivered(eve, talk.answer);
  auto found = check_causal_order(talk.history);
  ASSERT_THAT(invariants(found), ElementsAre("causal gap"));
  EXPECT_EQ(found[0].what, "p3 delivered p2#1 and never p1#1, whose publishing happened before");
}

TEST(causal_order, lets_concurrent_messages_come_in_any_order) {
  broadcast_history history;
  for (auto member : {ada, bob, eve})
    history.founded(member);
  auto first = history.published(ada);
  auto second = history.published(bob);
  history.delivered(bob, first); // too late to be a cause
  history.delivered(eve, second);
  history.delivered(eve, first);
  EXPECT_THAT(check_causal_order(history), IsEmpty());
}

TEST(causal_order, goes_through_members_that_publish_nothing_about_it) {
  broadcast_history history;
  for (auto member : {ada, bob, eve})
    history.founded(member);
  auto first = history.published(ada);
  history.delivered(bob, first);
  auto second = history.published(bob);
  history.delivered(eve, first);
  history.delivered(eve, second);
  auto third = history.published(eve);
  history.delivered(ada, first);
  history.delivered(ada, third);
  auto found = check_causal_order(history);
  ASSERT_THAT(invariants(found), ElementsAre("causal gap"));
  EXPECT_THAT(found[0].messages, ElementsAre(second, third));
}

TEST(causal_order, takes_other_channels_only_if_they_are_recorded) {
  for (bool recorded : {false, true}) {
    broadcast_history history;
    for (auto member : {ada, bob, eve})
      history.founded(member);
    auto first = history.published(ada);
    if (recorded)
      history.truth().append(bob, history.publishing_of(first));
    auto second = history.published(bob);
    history.delivered(eve, second);
    EXPECT_EQ(check_causal_order(history).empty(), !recorded);
  }
}

TEST(causal_order, lets_a_newcomer_begin_without_what_was_before) {
  question_and_answer talk;
  participant newcomer{4};
  talk.history.joined(newcomer);
  talk.history.delivered(newcomer, talk.answer);
  EXPECT_THAT(check_causal_order(talk.history), IsEmpty());
}

TEST(causal_order, does_not_let_a_newcomer_deliver_the_question_after_the_answer) {
  question_and_answer talk;
  participant newcomer{4};
  talk.history.joined(newcomer);
  talk.history.delivered(newcomer, talk.answer);
  talk.history.delivered(newcomer, talk.question);
  EXPECT_THAT(invariants(check_causal_order(talk.history)), ElementsAre("causal order"));
}

TEST(causal_order, wants_of_a_newcomer_what_was_published_after_it_had_joined) {
  broadcast_history history;
  history.founded(ada);
  history.founded(bob);
  history.joining(eve);
  auto concurrent = history.published(ada);
  auto joined = history.joined(eve);
  history.truth().append(ada, joined);
  auto owed = history.published(ada);
  history.delivered(bob, concurrent);
  history.delivered(bob, owed);
  auto answer = history.published(bob);
  history.delivered(eve, answer);
  auto found = check_causal_order(history);
  ASSERT_THAT(invariants(found), ElementsAre("causal gap"));
  EXPECT_THAT(found[0].messages, ElementsAre(owed, answer));
}

TEST(causal_order, counts_what_was_delivered_before_joining_again) {
  question_and_answer talk;
  talk.history.delivered(eve, talk.question);
  talk.history.joining(eve);
  talk.history.delivered(eve, talk.answer);
  EXPECT_THAT(check_causal_order(talk.history), IsEmpty());
}

TEST(causal_order, reports_the_first_violations_up_to_the_limit) {
  for (auto missing : {max_violations, max_violations + 1}) {
    broadcast_history history;
    history.founded(bob);
    for (std::size_t i = 0; i < missing; ++i)
      history.published(ada);
    history.delivered(bob, history.published(ada));
    EXPECT_EQ(check_causal_order(history).size(), max_violations);
  }
}

/// The definition, pair by pair, for founders.
bool is_causal(const broadcast_history& history) {
  for (const auto& stay : history.stays()) {
    std::map<message_id, std::size_t> positions;
    for (std::size_t i = 0; i < stay.deliveries.size(); ++i)
      positions.emplace(stay.deliveries[i].message, i);
    for (const auto& [later, position] : positions)
      for (auto origin : history.origins())
        for (std::uint64_t number = 1; number <= history.published_by(origin); ++number) {
          message_id earlier{origin, number};
          if (!history.truth().holds(history.publishing_of(earlier), history.publishing_of(later)))
            continue;
          if (!positions.contains(earlier) || positions.at(earlier) > position)
            return false;
        }
  }
  return true;
}

TEST(causal_order, agrees_with_its_definition_on_random_histories) {
  std::size_t good = 0;
  std::size_t bad = 0;
  testing::for_each_seed(2000, [&](random_generator& random) {
    broadcast_history history;
    std::map<participant, std::vector<message_id>> waiting;
    for (std::uint32_t i = 1; i <= 3; ++i) {
      history.founded({i});
      waiting[{i}];
    }
    auto disorder = random.chance(0.4) ? 0.0 : 0.3;
    for (int i = 0; i < 18; ++i) {
      participant who{static_cast<std::uint32_t>(1 + random.below(3))};
      auto& queue = waiting[who];
      if (!queue.empty() && random.chance(0.6)) {
        // All queues are in the order of publishing, which agrees with happens-before.
        auto index = random.chance(disorder) ? random.below(queue.size()) : 0;
        history.delivered(who, queue[index]);
        queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(index));
        continue;
      }
      auto message = history.published(who);
      for (auto& [member, messages] : waiting)
        messages.push_back(message);
    }
    auto expected = is_causal(history);
    ++(expected ? good : bad);
    EXPECT_EQ(check_causal_order(history).empty(), expected);
  });
  EXPECT_GT(good, 500u);
  EXPECT_GT(bad, 500u);
}

} // namespace
} // namespace chorus::simulation
