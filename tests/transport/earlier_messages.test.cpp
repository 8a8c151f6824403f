#include "../../runtime/transport/earlier_messages.hpp"

#include <gtest/gtest.h>

namespace chorus {
namespace {

const peer ada{{1, 1}, {1}};
const peer next_ada{{1, 1}, {2}};

TEST(earlier_messages, are_taken_off_the_window_of_the_next_relation) {
  earlier_messages earlier;
  auto consumed = std::make_shared<consumption>();
  earlier.keep(ada, 0, consumed, 100);
  consumed->add(30);
  EXPECT_EQ(earlier.take(next_ada, 0).bytes, 0u) << "another life";
  auto left = earlier.take(ada, 0);
  EXPECT_EQ(left.bytes, 70u);
  EXPECT_EQ(left.consumed, consumed) << "the rest is consumed into the next relation's account";
  EXPECT_EQ(earlier.size(), 0u);
  EXPECT_EQ(earlier.take(ada, 0).bytes, 0u);
}

TEST(earlier_messages, are_forgotten_when_all_are_consumed) {
  earlier_messages earlier;
  auto consumed = std::make_shared<consumption>();
  earlier.keep(next_ada, 0, std::make_shared<consumption>(), 0);
  EXPECT_EQ(earlier.size(), 0u) << "there are none";
  earlier.keep(ada, 0, consumed, 100);
  consumed->add(99);
  earlier.sweep();
  EXPECT_EQ(earlier.size(), 1u);
  consumed->add(1);
  earlier.sweep();
  EXPECT_EQ(earlier.size(), 0u);
}

} // namespace
} // namespace chorus
