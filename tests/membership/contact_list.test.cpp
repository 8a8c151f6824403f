#include <chorus/membership/contact_list.hpp>

#include <gtest/gtest.h>

namespace chorus::membership {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

address number(std::size_t n) {
  return {"10.0.0.1", static_cast<std::uint16_t>(n)};
}

struct contact_list_test : testing::Test {
  contact_list contacts{{}, random_generator{1}};

  /// The moments, since the start, at which questions go out until `end`.
  std::vector<duration> questions_until(duration end) {
    std::vector<duration> moments;
    while (contacts.next_due() && *contacts.next_due() <= start + end) {
      auto now = *contacts.next_due();
      contacts.take_silences(now);
      for (auto count = contacts.take_due(now, {}).size(); count > 0; --count)
        moments.push_back(now - start);
    }
    return moments;
  }
};

TEST_F(contact_list_test, asks_a_silent_seed_for_ever_at_gaps_that_double_up_to_a_limit) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  auto moments = questions_until(24h);
  ASSERT_GT(moments.size(), 24u * 3600 / 5);
  EXPECT_EQ(moments[0], 0s);
  auto expected = duration{250ms};
  for (std::size_t i = 1; i < moments.size(); ++i) {
    auto gap = moments[i] - moments[i - 1];
    EXPECT_LE(gap, expected);
    EXPECT_GE(gap, expected * 4 / 5);
    expected = std::min<duration>(expected * 2, 5s);
  }
}

TEST_F(contact_list_test, tells_the_silence_of_a_seed_when_it_has_lasted_and_each_time_that_it_has_doubled) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  std::vector<duration> told;
  while (*contacts.next_due() <= start + 64s) {
    auto now = *contacts.next_due();
    contacts.take_due(now, {});
    for (const auto& silence : contacts.take_silences(now)) {
      EXPECT_EQ(silence.where, number(1));
      EXPECT_EQ(silence.lasted, now - start);
      told.push_back(silence.lasted);
    }
  }
  EXPECT_EQ(told, (std::vector<duration>{4s, 8s, 16s, 32s, 64s}));
}

TEST_F(contact_list_test, tells_no_silence_of_a_seed_that_answers_nor_of_one_with_a_live_member) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  contacts.take_due(start, {});
  EXPECT_TRUE(contacts.answered(start + 3s, number(1)));
  EXPECT_TRUE(contacts.take_silences(start + 5s).empty());
  contacts.take_due(start + 8s, {});
  contacts.take_due(start + 13s, {number(1)}); // the next question would be due
  EXPECT_TRUE(contacts.take_silences(start + 100s).empty());
}

TEST_F(contact_list_test, tells_no_silence_of_an_address_that_is_no_seed) {
  contacts.add_lost(start, number(1));
  contacts.take_due(start, {});
  EXPECT_TRUE(contacts.take_silences(start + 100s).empty());
}

TEST_F(contact_list_test, knows_a_seed_that_is_this_node_itself_and_says_so_once) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  contacts.take_due(start, {});
  EXPECT_TRUE(contacts.echoed(number(1)));
  EXPECT_FALSE(contacts.echoed(number(1)));
  EXPECT_TRUE(contacts.take_silences(start + 100s).empty());
  contacts.add_lost(start, number(2));
  EXPECT_FALSE(contacts.echoed(number(2)));
}

TEST_F(contact_list_test, asks_sooner_when_it_is_told_to_hurry_and_never_later) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  questions_until(1h);
  contacts.hasten(start + 1h + 500ms);
  EXPECT_LE(*contacts.next_due(), start + 1h + 500ms);
  contacts.hasten(start + 2h);
  EXPECT_LE(*contacts.next_due(), start + 1h + 500ms);
}

TEST_F(contact_list_test, asks_soon_after_a_sign_of_life_and_backs_off_anew) {
  contacts.add_lost(start, number(1));
  questions_until(10min);
  contacts.asked(start + 10min, number(1));
  contacts.sign_of_life(start + 10min, number(1), 1s);
  contacts.sign_of_life(start + 10min + 500ms, number(1), 1s);
  EXPECT_EQ(*contacts.next_due(), start + 10min + 1s) << "later signs put nothing off";
  const auto moments = questions_until(10min + 20s);
  ASSERT_GE(moments.size(), 4u);
  EXPECT_LE(moments[1] - moments[0], 2s);
  EXPECT_LE(moments[2] - moments[1], 4s);
  EXPECT_GE(moments[3] - moments[2], 4s);
  contacts.sign_of_life(start + 10min + 20s, number(2), 1s);
  EXPECT_EQ(contacts.take_due(start + 1h, {}).size(), 1u) << "nobody was ever there";
}

TEST_F(contact_list_test, believes_answers_only_to_questions_that_were_asked) {
  EXPECT_FALSE(contacts.answered(start, number(1)));
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  EXPECT_FALSE(contacts.answered(start, number(1)));
  contacts.take_due(start, {});
  EXPECT_TRUE(contacts.answered(start, number(1)));
}

TEST_F(contact_list_test, asks_slowly_after_an_answer_and_never_stops) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  contacts.take_due(start, {});
  ASSERT_TRUE(contacts.answered(start, number(1)));
  EXPECT_EQ(contacts.next_due(), start + 5s);
  EXPECT_EQ(contacts.take_due(start + 5s, {}).size(), 1u);
  EXPECT_TRUE(contacts.next_due());
}

TEST_F(contact_list_test, passes_over_addresses_with_a_live_member_until_it_is_gone) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  EXPECT_TRUE(contacts.take_due(start, {number(1)}).empty());
  EXPECT_EQ(contacts.next_due(), start + 5s);
  contacts.add_lost(start + 1s, number(1));
  EXPECT_EQ(contacts.take_due(start + 1s, {}).size(), 1u);
}

TEST_F(contact_list_test, asks_an_address_with_a_live_member_when_somebody_new_is_introduced_there) {
  ASSERT_TRUE(contacts.introduce(start, number(1)));
  EXPECT_EQ(contacts.take_due(start, {number(1)}).size(), 1u);
}

TEST_F(contact_list_test, forgets_introductions_that_nobody_repeats) {
  ASSERT_TRUE(contacts.introduce(start, number(1)));
  auto moments = questions_until(1h);
  ASSERT_FALSE(moments.empty());
  EXPECT_LE(moments.back(), 2s);
  EXPECT_FALSE(contacts.next_due());
}

TEST_F(contact_list_test, forgets_lost_members_after_a_day) {
  contacts.add_lost(start, number(1));
  auto moments = questions_until(48h);
  EXPECT_GT(moments.back(), 24h - 5s);
  EXPECT_LE(moments.back(), 24h);
  EXPECT_FALSE(contacts.next_due());
}

TEST_F(contact_list_test, keeps_only_seeds_where_a_member_has_settled) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  contacts.add_lost(start, number(2));
  ASSERT_TRUE(contacts.introduce(start, number(3)));
  for (auto n : {1, 2, 3})
    contacts.settle(number(static_cast<std::size_t>(n)));
  auto due = contacts.take_due(start, {});
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0], number(1));
}

TEST_F(contact_list_test, refuses_one_seed_too_many) {
  for (std::size_t n = 1; n <= contact_list::limit; ++n)
    EXPECT_TRUE(contacts.add_seed(start, number(n)));
  EXPECT_FALSE(contacts.add_seed(start, number(contact_list::limit + 1)));
  EXPECT_TRUE(contacts.add_seed(start, number(1)));
  EXPECT_EQ(contacts.take_due(start, {}).size(), contact_list::limit);
}

TEST_F(contact_list_test, refuses_one_introduction_too_many_until_others_are_forgotten) {
  for (std::size_t n = 1; n <= contact_list::limit; ++n)
    EXPECT_TRUE(contacts.introduce(start, number(n)));
  EXPECT_FALSE(contacts.introduce(start, number(contact_list::limit + 1)));
  EXPECT_TRUE(contacts.introduce(start, number(1)));
  EXPECT_TRUE(contacts.introduce(start + 3s, number(contact_list::limit + 1)));
}

TEST_F(contact_list_test, drops_the_address_that_was_lost_longest_ago) {
  for (std::size_t n = 1; n <= contact_list::limit + 1; ++n)
    contacts.add_lost(start + std::chrono::seconds{n}, number(n));
  auto due = contacts.take_due(start + 1h, {});
  ASSERT_EQ(due.size(), contact_list::limit);
  EXPECT_EQ(due.front(), number(2));
}

TEST_F(contact_list_test, starts_over_at_once_and_with_short_gaps) {
  ASSERT_TRUE(contacts.add_seed(start, number(1)));
  questions_until(1h);
  contacts.start_over(start + 1h);
  EXPECT_EQ(contacts.next_due(), start + 1h);
  contacts.take_due(start + 1h, {});
  EXPECT_LE(*contacts.next_due(), start + 1h + 250ms);
}

} // namespace
} // namespace chorus::membership
