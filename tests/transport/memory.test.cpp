#include "../../runtime/transport/failed_lives.hpp"

#include <gtest/gtest.h>

/// What the transport remembers of others is bounded.
namespace chorus {
namespace {

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

} // namespace
} // namespace chorus
