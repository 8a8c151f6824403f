#include <chorus/simulation/history/violation.hpp>

#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

TEST(violation, names_the_invariant_then_says_what_happened) {
  message_id message{{3}, 7};
  violation found{
      "no duplicate", to_string(participant{2}) + " delivered " + to_string(message) + " twice", {message}};
  EXPECT_EQ(to_string(found), "no duplicate: p2 delivered p3#7 twice");
}

TEST(message_id, is_ordered_by_origin_then_by_number) {
  EXPECT_LT((message_id{{1}, 9}), (message_id{{2}, 1}));
  EXPECT_LT((message_id{{2}, 1}), (message_id{{2}, 2}));
}

} // namespace
} // namespace chorus::simulation
