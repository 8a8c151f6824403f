#include <chorus/membership/peers/former_nodes.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::peers {
namespace {

node_id node(std::uint64_t number) {
  return {number, number};
}

TEST(former_nodes, are_those_that_went) {
  former_nodes former;
  EXPECT_FALSE(former.contains(node(1)));
  former.add(node(1));
  EXPECT_TRUE(former.contains(node(1)));
  EXPECT_FALSE(former.contains(node(2)));
}

TEST(former_nodes, of_too_many_forget_the_one_that_went_first) {
  former_nodes former;
  for (std::uint64_t number = 1; number <= former_nodes::limit; ++number)
    former.add(node(number));
  former.add(node(1)); // it went before
  EXPECT_TRUE(former.contains(node(1)));
  former.add(node(former_nodes::limit + 1));
  EXPECT_FALSE(former.contains(node(1)));
  EXPECT_TRUE(former.contains(node(2)));
  EXPECT_TRUE(former.contains(node(former_nodes::limit + 1)));
}

} // namespace
} // namespace chorus::membership::peers
