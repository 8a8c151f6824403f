#include "../../runtime/link/resend_buffer.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

/// Frames 1..2, 3, 4..6 with costs 10, 20, 30.
resend_buffer three_frames() {
  resend_buffer buffer;
  buffer.push({{1}, 2, 10, {}});
  buffer.push({{3}, 1, 20, {}});
  buffer.push({{4}, 3, 30, {}});
  return buffer;
}

} // namespace

TEST(resend_buffer, drops_what_is_acknowledged_as_a_whole) {
  auto buffer = three_frames();
  EXPECT_EQ(buffer.acknowledge({0}), 0u);
  EXPECT_EQ(buffer.acknowledge({1}), 0u);
  EXPECT_EQ(buffer.acknowledge({3}), 30u);
  EXPECT_EQ(buffer.oldest().first, sequence{4});
  EXPECT_EQ(buffer.acknowledge({3}), 0u);
  EXPECT_EQ(buffer.acknowledge({6}), 30u);
  EXPECT_TRUE(buffer.empty());
}

TEST(resend_buffer, finds_the_frame_that_begins_at_a_sequence_or_later) {
  auto buffer = three_frames();
  EXPECT_EQ(buffer.from({1})->first, sequence{1});
  EXPECT_EQ(buffer.from({2})->first, sequence{3});
  EXPECT_EQ(buffer.from({4})->first, sequence{4});
  EXPECT_EQ(buffer.from({5}), buffer.end());
}

TEST(resend_buffer_death_test, takes_no_frame_behind_a_hole) {
  auto buffer = three_frames();
  EXPECT_DEATH(buffer.push({{8}, 1, 1, {}}), "frames follow each other");
}

} // namespace chorus::link
