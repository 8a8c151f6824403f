#include <chorus/membership/swim/ended_lives.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;
using why = member_over::why;

peer life(std::uint64_t number, std::uint64_t incarnation = 1) {
  return {{0, number}, {incarnation}};
}

struct ended_lives_test : testing::Test {
  ended_lives lives;
  time_point start{1h};
  address where{"a", 1};
};

TEST_F(ended_lives_test, ends_a_life_and_all_before_it_but_none_after_it) {
  lives.bury(start, life(1, 3), where, why::left);
  EXPECT_NE(lives.find(life(1, 1)), nullptr);
  EXPECT_NE(lives.find(life(1, 3)), nullptr);
  EXPECT_EQ(lives.find(life(1, 4)), nullptr);
  EXPECT_EQ(lives.find(life(2, 1)), nullptr);
}

TEST_F(ended_lives_test, keeps_the_reason_that_was_first) {
  lives.bury(start, life(1), where, why::left);
  lives.bury(start, life(1), where, why::restarted);
  EXPECT_EQ(lives.find(life(1))->reason, why::left);
}

TEST_F(ended_lives_test, tells_the_latest_first_and_no_restarts) {
  lives.bury(start, life(1), where, why::left);
  lives.bury(start + 1s, life(2), where, why::restarted);
  lives.bury(start + 2s, life(3), where, why::left);
  const auto all = lives.since(start, 9);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].who, life(3));
  EXPECT_EQ(lives.since(start, 1).size(), 1u);
  EXPECT_EQ(lives.since(start + 1s, 9).size(), 1u);
}

TEST_F(ended_lives_test, forget_who_ended_longest_ago_when_there_are_too_many) {
  for (std::uint64_t n = 1; n <= ended_lives::limit; ++n)
    lives.bury(start + std::chrono::seconds{n}, life(n), where, why::left);
  EXPECT_NE(lives.find(life(1)), nullptr);
  lives.bury(start + 1h, life(ended_lives::limit + 1), where, why::left);
  EXPECT_EQ(lives.find(life(1)), nullptr);
  EXPECT_NE(lives.find(life(2)), nullptr);
  EXPECT_EQ(lives.size(), ended_lives::limit);
}

} // namespace
} // namespace chorus::membership::swim
