#include "../../runtime/link/reassembly.hpp"

#include "two_ends.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using chorus::testing::bytes_of;
using chorus::testing::text_of;

constexpr std::size_t message_bytes = 10;

struct fixture : reassembly {
  fixture() : reassembly(message_bytes) {}

  bool add(part kind, std::string_view text, std::uint32_t message_size = 0, pair who = {1, 2}) {
    complete.reset();
    return reassembly::add({kind, who, message_size, bytes_of(text)}, complete);
  }

  std::optional<delivered> complete;
};

} // namespace

TEST(reassembly, hands_whole_messages_through) {
  fixture messages;
  ASSERT_TRUE(messages.add(part::whole, "text"));
  ASSERT_TRUE(messages.complete);
  EXPECT_EQ(text_of(messages.complete->payload), "text");
  EXPECT_EQ(messages.complete->cost, 4 + message_overhead);
}

TEST(reassembly, puts_chunks_together_while_other_pairs_pass) {
  fixture messages;
  ASSERT_TRUE(messages.add(part::first, "abc", 8));
  EXPECT_FALSE(messages.complete);
  ASSERT_TRUE(messages.add(part::whole, "beside", 0, {3, 4}));
  EXPECT_EQ(text_of(messages.complete->payload), "beside");
  ASSERT_TRUE(messages.add(part::middle, "def"));
  EXPECT_FALSE(messages.complete);
  ASSERT_TRUE(messages.add(part::last, "gh"));
  ASSERT_TRUE(messages.complete);
  EXPECT_EQ(text_of(messages.complete->payload), "abcdefgh");
  EXPECT_EQ(messages.complete->cost, 8 + message_overhead);
  EXPECT_TRUE(messages.add(part::first, "abc", 8)) << "the next one may begin";
}

TEST(reassembly, believes_no_message_over_the_limit) {
  EXPECT_TRUE(fixture{}.add(part::whole, "0123456789"));
  EXPECT_FALSE(fixture{}.add(part::whole, "0123456789x"));
  EXPECT_TRUE(fixture{}.add(part::first, "a", 10));
  EXPECT_FALSE(fixture{}.add(part::first, "a", 11));
}

TEST(reassembly, takes_no_second_large_message_beside_the_first) {
  fixture messages;
  ASSERT_TRUE(messages.add(part::first, "abc", 8));
  EXPECT_FALSE(messages.add(part::first, "abc", 8, {3, 4}));
}

TEST(reassembly, lets_nothing_of_the_same_pair_overtake) {
  fixture messages;
  ASSERT_TRUE(messages.add(part::first, "abc", 8));
  EXPECT_FALSE(messages.add(part::whole, "overtakes"));
}

TEST(reassembly, takes_no_chunk_of_another_pair_or_without_a_beginning) {
  EXPECT_FALSE(fixture{}.add(part::middle, "abc"));
  EXPECT_FALSE(fixture{}.add(part::last, "abc"));
  fixture messages;
  ASSERT_TRUE(messages.add(part::first, "abc", 8));
  EXPECT_FALSE(messages.add(part::last, "defgh", 0, {3, 4}));
}

TEST(reassembly, takes_no_chunks_whose_sizes_do_not_add_up) {
  EXPECT_FALSE(fixture{}.add(part::first, "abc", 3)) << "a first chunk leaves something over";
  EXPECT_FALSE(fixture{}.add(part::first, "", 3)) << "every chunk carries something";
  for (auto [kind, text] :
       {std::pair{part::middle, "defgh"}, {part::middle, ""}, {part::last, "defg"}, {part::last, "defghi"}}) {
    fixture messages;
    ASSERT_TRUE(messages.add(part::first, "abc", 8));
    EXPECT_FALSE(messages.add(kind, text)) << text;
  }
}

} // namespace chorus::link
