#include <chorus/membership/peers/back_off.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::peers {
namespace {

using namespace std::chrono_literals;

TEST(back_off, doubles_up_to_its_limit) {
  back_off tries;
  for (auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s})
    EXPECT_EQ(tries.next(), expected);
}

TEST(back_off, is_short_again_after_a_relation_that_held_as_long_as_it_was_waited_for) {
  back_off tries;
  for (auto count = 0; count < 3; ++count)
    tries.next();
  tries.held(4s - 1ns);
  EXPECT_EQ(tries.next(), 8s);
  tries.held(8s);
  EXPECT_EQ(tries.next(), 1s);
}

TEST(back_off, is_not_short_again_after_a_relation_that_never_was_up) {
  back_off tries;
  tries.next();
  tries.held({});
  EXPECT_EQ(tries.next(), 2s);
}

} // namespace
} // namespace chorus::membership::peers
