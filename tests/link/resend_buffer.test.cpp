#include "../../runtime/link/resend_buffer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chorus::link {

namespace {

/// Frames 1..2, 3, 4..6 with costs 10, 20, 30.
resend_buffer three_frames() {
  resend_buffer buffer;
  buffer.push({0, {1}, 2, 10, {}});
  buffer.push({1, {3}, 1, 20, {}});
  buffer.push({0, {4}, 3, 30, {}});
  return buffer;
}

/// The costs of the frames that are dropped.
std::vector<std::size_t> acknowledged(resend_buffer& buffer, sequence last) {
  std::vector<std::size_t> costs;
  buffer.acknowledge(last, [&](const sent_frame& frame) { costs.push_back(frame.cost); });
  return costs;
}

} // namespace

TEST(resend_buffer, drops_what_is_acknowledged_as_a_whole) {
  auto buffer = three_frames();
  using costs = std::vector<std::size_t>;
  EXPECT_EQ(acknowledged(buffer, {0}), costs{});
  EXPECT_EQ(acknowledged(buffer, {1}), costs{});
  EXPECT_EQ(acknowledged(buffer, {3}), (costs{10, 20}));
  EXPECT_EQ(buffer.oldest().first, sequence{4});
  EXPECT_EQ(acknowledged(buffer, {3}), costs{});
  EXPECT_EQ(acknowledged(buffer, {6}), costs{30});
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
  EXPECT_DEATH(buffer.push({0, {8}, 1, 1, {}}), "frames follow each other");
}

} // namespace chorus::link
