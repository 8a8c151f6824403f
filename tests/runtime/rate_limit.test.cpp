#include <chorus/runtime/rate_limit.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace chorus {
namespace {

using namespace std::chrono_literals;

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
