#include "../../runtime/link/segment.hpp"

#include "two_ends.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using chorus::testing::text_of;

shared_bytes encoded(part kind, std::uint32_t message_size, std::string_view text) {
  byte_buffer bytes;
  append_segment(bytes, kind, {1, 2}, message_size, as_bytes(text));
  return shared_bytes{std::move(bytes)};
}

} // namespace

TEST(segment, is_read_as_it_was_written) {
  byte_buffer bytes;
  append_segment(bytes, part::first, {1, 2}, 300, as_bytes("beginning"));
  append_segment(bytes, part::whole, {3, 4}, 0, {});
  append_segment(bytes, part::last, {1, 2}, 0, as_bytes("end"));
  const shared_bytes frame{std::move(bytes)};
  segment_reader reader{frame};
  auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, part::first);
  EXPECT_EQ(first->pair, (pair{1, 2}));
  EXPECT_EQ(first->message_size, 300u);
  EXPECT_EQ(text_of(first->bytes), "beginning");
  auto whole = reader.next();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->pair, (pair{3, 4}));
  EXPECT_TRUE(whole->bytes.empty());
  auto last = reader.next();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->kind, part::last);
  EXPECT_EQ(text_of(last->bytes), "end");
  EXPECT_TRUE(reader.at_end());
}

TEST(segment, cut_short_anywhere_is_no_segment) {
  for (auto kind : {part::middle, part::first, part::last, part::whole}) {
    auto bytes = encoded(kind, 100, "text");
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      auto cut = bytes.part(0, size);
      EXPECT_FALSE(segment_reader{cut}.next()) << "cut to " << size;
    }
    EXPECT_TRUE(segment_reader{bytes}.next());
  }
}

TEST(segment, that_is_alone_in_its_frame_has_its_bytes_elsewhere) {
  byte_buffer bytes;
  append_segment_head(bytes, part::whole, {1, 2}, 0, 4);
  const shared_bytes head{std::move(bytes)};
  const auto lone = chorus::testing::bytes_of("text");
  segment_reader reader{head, lone};
  auto read = reader.next();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pair, (pair{1, 2}));
  EXPECT_EQ(read->bytes.view().data(), lone.view().data());
  EXPECT_EQ(read->bytes.size(), 4u);
  EXPECT_TRUE(reader.at_end());
}

TEST(segment, whose_length_is_not_that_of_its_bytes_elsewhere_is_no_segment) {
  byte_buffer bytes;
  append_segment_head(bytes, part::whole, {1, 2}, 0, 4);
  const shared_bytes head{std::move(bytes)};
  for (auto text : {"tex", "text!"}) {
    const auto lone = chorus::testing::bytes_of(text);
    EXPECT_FALSE((segment_reader{head, lone}.next())) << text;
  }
  const auto lone = chorus::testing::bytes_of("text");
  const auto followed = encoded(part::whole, 0, "text");
  EXPECT_FALSE((segment_reader{followed, lone}.next()));
}

TEST(segment, of_an_unknown_part_is_no_segment) {
  byte_buffer bytes;
  append_segment(bytes, static_cast<part>(4), {1, 2}, 0, as_bytes("text"));
  const shared_bytes frame{std::move(bytes)};
  EXPECT_FALSE(segment_reader{frame}.next());
}

TEST(segment, costs_its_bytes_and_each_message_its_overhead_once) {
  EXPECT_EQ(cost_of(part::whole, 10), 10 + message_overhead);
  EXPECT_EQ(cost_of(part::first, 10), 10 + message_overhead);
  EXPECT_EQ(cost_of(part::middle, 10), 10u);
  EXPECT_EQ(cost_of(part::last, 10), 10u);
}

} // namespace chorus::link
