#include <chorus/membership/swim/expulsion.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

peer life(std::uint64_t number) {
  return {{0, number}, {1}};
}

struct expulsion_test : testing::Test {
  expulsion verdicts{4s};
  time_point start{1h};

  bool hear(duration after, std::uint64_t by, std::size_t members = 4) {
    return verdicts.hear(start + after, life(by), members);
  }
};

TEST_F(expulsion_test, takes_more_than_half_of_the_members) {
  EXPECT_FALSE(hear(0s, 1));
  EXPECT_FALSE(hear(1s, 2)) << "half of them";
  EXPECT_FALSE(hear(2s, 2)) << "one of them again";
  EXPECT_TRUE(hear(3s, 3));
  EXPECT_EQ(verdicts.accusers(), (std::vector{life(1), life(2), life(3)}));
}

TEST_F(expulsion_test, is_told_once_until_all_have_been_silent_for_the_window) {
  EXPECT_TRUE(hear(0s, 1, 1));
  EXPECT_FALSE(hear(4s, 1, 1));
  EXPECT_TRUE(hear(8s + 1ns, 1, 1));
}

TEST_F(expulsion_test, does_not_count_what_was_said_long_ago) {
  hear(0s, 1);
  hear(3s, 2);
  EXPECT_FALSE(hear(4s + 1ns, 3));
  EXPECT_TRUE(hear(5s, 4));
}

TEST_F(expulsion_test, remembers_a_bounded_number_of_members) {
  for (std::uint64_t n = 1; n <= 2 * expulsion::limit; ++n)
    hear(0s, n, 1000);
  EXPECT_EQ(verdicts.accusers().size(), expulsion::limit);
}

} // namespace
} // namespace chorus::membership::swim
