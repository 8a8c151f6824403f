#include <chorus/membership/swim/suspicion.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

peer life(std::uint64_t number) {
  return {{0, number}, {1}};
}

struct suspicion_test : testing::Test {
  time_point start{1h};
  suspicion_terms terms{3s, 18s, 250ms, 10};
  suspicion content{start, life(9), {}};
  std::set<std::uint64_t> distrusted;

  void hear(std::uint64_t accuser, evidence what, duration after = {}) {
    content.hear(start + after, {life(accuser), what});
  }

  duration wait() {
    content.weigh(terms, [this](const peer& who) { return !distrusted.contains(who.node.low); });
    return content.deadline() - start;
  }
};

TEST_F(suspicion_test, of_one_accuser_lasts_longest) {
  hear(1, evidence::silence);
  EXPECT_EQ(wait(), 18s);
}

TEST_F(suspicion_test, shrinks_with_each_confirmation_and_most_with_the_first) {
  hear(1, evidence::silence);
  hear(2, evidence::silence);
  const auto confirmed_once = wait();
  EXPECT_NEAR(std::chrono::duration<double>(confirmed_once).count(), 10.5, 0.1);
  hear(3, evidence::silence);
  const auto confirmed_twice = wait();
  EXPECT_NEAR(std::chrono::duration<double>(confirmed_twice).count(), 6.1, 0.1);
  hear(4, evidence::silence);
  EXPECT_EQ(wait(), 3s);
  hear(5, evidence::silence);
  EXPECT_EQ(wait(), 3s) << "and never below";
}

TEST_F(suspicion_test, waits_for_no_confirmation_where_there_is_nobody_to_confirm) {
  terms.trusted = 1;
  hear(1, evidence::silence);
  EXPECT_EQ(wait(), 3s);
}

TEST_F(suspicion_test, is_not_confirmed_by_the_same_accuser_again) {
  hear(1, evidence::silence);
  EXPECT_FALSE(content.hear(start, {life(1), evidence::silence}));
  EXPECT_EQ(wait(), 18s);
}

TEST_F(suspicion_test, is_not_confirmed_by_hearsay) {
  hear(1, evidence::silence);
  hear(2, evidence::hearsay);
  EXPECT_EQ(wait(), 18s);
}

TEST_F(suspicion_test, does_not_count_who_is_suspected_until_it_is_trusted_again) {
  hear(1, evidence::silence);
  hear(2, evidence::silence);
  distrusted = {2};
  EXPECT_EQ(wait(), 18s);
  distrusted = {};
  EXPECT_LT(wait(), 11s);
}

TEST_F(suspicion_test, ends_soon_after_the_first_of_two_refused_connections) {
  hear(1, evidence::refused, 10ms);
  EXPECT_EQ(wait(), 18s);
  hear(2, evidence::refused, 100ms);
  EXPECT_EQ(wait(), 260ms);
}

TEST_F(suspicion_test, takes_somebody_else_at_the_address_for_as_much) {
  hear(1, evidence::address_taken);
  hear(2, evidence::refused);
  EXPECT_EQ(wait(), 250ms);
}

TEST_F(suspicion_test, is_not_ended_by_one_refused_connection_twice) {
  hear(1, evidence::refused);
  hear(1, evidence::refused, 1s);
  EXPECT_EQ(wait(), 18s);
}

TEST_F(suspicion_test, believes_one_refused_connection_where_there_is_only_one_to_try) {
  terms.trusted = 1;
  hear(1, evidence::refused);
  EXPECT_EQ(wait(), 250ms);
}

TEST_F(suspicion_test, waits_for_as_many_confirmations_as_there_are_members_to_give_them) {
  terms.trusted = 2;
  hear(1, evidence::silence);
  EXPECT_EQ(wait(), 18s);
  hear(2, evidence::silence);
  EXPECT_EQ(wait(), 3s);
}

TEST_F(suspicion_test, does_not_wait_for_who_abstains) {
  terms.trusted = 3;
  hear(1, evidence::silence);
  EXPECT_TRUE(content.abstain(life(2)));
  EXPECT_FALSE(content.abstain(life(2))) << "is no news";
  EXPECT_EQ(wait(), 18s) << "for the third member";
  EXPECT_TRUE(content.abstain(life(3)));
  EXPECT_EQ(wait(), 3s);
}

TEST_F(suspicion_test, believes_one_refused_connection_where_all_others_abstain) {
  terms.trusted = 2;
  hear(1, evidence::refused);
  EXPECT_EQ(wait(), 18s);
  content.abstain(life(2));
  EXPECT_EQ(wait(), 250ms);
}

TEST_F(suspicion_test, waits_again_for_who_has_abstained_and_then_accuses) {
  terms.trusted = 4;
  hear(1, evidence::silence);
  content.abstain(life(2));
  hear(2, evidence::silence);
  EXPECT_FALSE(content.abstain(life(2))) << "after it has accused";
  EXPECT_TRUE(content.abstentions().empty());
  EXPECT_NEAR(std::chrono::duration<double>(wait()).count(), 10.5, 0.1) << "one of three confirmations";
}

TEST_F(suspicion_test, takes_no_member_away_twice_that_abstains_and_is_suspected) {
  terms.trusted = 2; // this node and number 3
  distrusted = {2};
  hear(1, evidence::silence);
  content.abstain(life(2));
  EXPECT_EQ(wait(), 18s);
}

TEST_F(suspicion_test, lets_stronger_evidence_of_an_accuser_take_the_place_of_weaker) {
  hear(1, evidence::silence);
  EXPECT_TRUE(content.hear(start, {life(1), evidence::refused}));
  EXPECT_FALSE(content.hear(start, {life(1), evidence::silence}));
  EXPECT_TRUE(content.has_strong_voice_of(life(1)));
}

TEST_F(suspicion_test, gives_back_the_time_in_which_nobody_listened) {
  hear(1, evidence::silence);
  wait();
  content.postpone(30s);
  EXPECT_EQ(wait(), 48s);
}

TEST_F(suspicion_test, falls_later_for_an_excuse_of_its_subject) {
  hear(1, evidence::silence);
  ASSERT_EQ(wait(), 18s);
  content.excuse(start + 1s, 5s);
  EXPECT_EQ(wait(), 18s) << "no sooner for it";
  content.excuse(start + 17s, 5s);
  EXPECT_EQ(wait(), 22s);
  content.postpone(30s);
  EXPECT_EQ(wait(), 52s);
}

TEST_F(suspicion_test, falls_all_the_same_if_its_subject_has_many_excuses) {
  hear(1, evidence::silence);
  ASSERT_EQ(wait(), 18s);
  for (auto later = 0s; later < 60s; later += 1s)
    content.excuse(start + later, 5s);
  EXPECT_EQ(wait(), 20s);
}

TEST_F(suspicion_test, tells_others_the_voices_that_say_most) {
  for (std::uint64_t n = 1; n <= 5; ++n)
    hear(n, evidence::silence);
  hear(6, evidence::refused);
  distrusted = {1, 2};
  wait();
  const auto told = content.as_rumour();
  ASSERT_EQ(told.voices.size(), suspect::voices_limit);
  EXPECT_EQ(told.voices[0], (voice{life(6), evidence::refused}));
  EXPECT_EQ(told.voices[1], (voice{life(3), evidence::silence}));
}

TEST_F(suspicion_test, remembers_a_bounded_number_of_accusers) {
  for (std::uint64_t n = 1; n <= suspicion::accusers_limit; ++n)
    EXPECT_TRUE(content.hear(start, {life(n), evidence::silence}));
  EXPECT_FALSE(content.hear(start, {life(100), evidence::silence}));
  EXPECT_EQ(content.accusations().size(), suspicion::accusers_limit);
}

} // namespace
} // namespace chorus::membership::swim
