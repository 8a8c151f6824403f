#include "../../runtime/transport/failed_lives.hpp"
#include "../../runtime/transport/rate_limit.hpp"

#include <gtest/gtest.h>

/// What the transport remembers of others is bounded.
namespace chorus {
namespace {

using namespace std::chrono_literals;

peer node(std::uint64_t number, std::uint64_t life = 1) {
  return {{number, number}, {life}};
}

TEST(failed_lives, are_all_up_to_the_one_that_was_declared) {
  failed_lives failed;
  failed.add(node(1, 5));
  failed.add(node(1, 3));
  EXPECT_TRUE(failed.contains(node(1, 1)));
  EXPECT_TRUE(failed.contains(node(1, 5)));
  EXPECT_FALSE(failed.contains(node(1, 6)));
  EXPECT_FALSE(failed.contains(node(2, 1)));
}

TEST(failed_lives, of_too_many_nodes_forget_the_oldest) {
  failed_lives failed;
  for (std::uint64_t number = 1; number <= failed_lives::limit; ++number)
    failed.add(node(number));
  EXPECT_TRUE(failed.contains(node(1)));
  failed.add(node(failed_lives::limit + 1));
  EXPECT_FALSE(failed.contains(node(1)));
  EXPECT_TRUE(failed.contains(node(2)));
  EXPECT_TRUE(failed.contains(node(failed_lives::limit + 1)));
}

TEST(rate_limit, lets_one_report_of_a_subject_pass_in_a_while) {
  rate_limit limit;
  time_point start{1h};
  EXPECT_TRUE(limit.passes("a", start));
  EXPECT_FALSE(limit.passes("a", start + rate_limit::quiet_for - 1ns));
  EXPECT_TRUE(limit.passes("b", start));
  EXPECT_TRUE(limit.passes("a", start + rate_limit::quiet_for));
}

TEST(rate_limit, remembers_a_bounded_number_of_subjects) {
  rate_limit limit;
  time_point start{1h};
  for (std::size_t number = 0; number < rate_limit::subjects; ++number)
    EXPECT_TRUE(limit.passes(std::to_string(number), start));
  EXPECT_FALSE(limit.passes("one more", start));
  EXPECT_TRUE(limit.passes("one more", start + rate_limit::quiet_for));
}

} // namespace
} // namespace chorus
