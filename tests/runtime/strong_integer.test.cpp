#include <chorus/runtime/strong_integer.hpp>

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>
#include <vector>

namespace chorus {
namespace {

using ticket = strong_integer<struct ticket_tag>;
using seat = strong_integer<struct seat_tag>;
using small = strong_integer<struct small_tag, std::uint8_t>;

template <class A, class B>
concept comparable = requires(A a, B b) {
  a < b;
};

TEST(strong_integer, does_not_mix_with_other_numbers) {
  static_assert(comparable<ticket, ticket>);
  static_assert(!comparable<ticket, seat>);
  static_assert(!comparable<ticket, int>);
  static_assert(!std::is_convertible_v<ticket, seat>);
  static_assert(!std::is_convertible_v<int, ticket>);
  static_assert(!std::is_convertible_v<ticket, int>);
  static_assert(!std::is_convertible_v<ticket, bool>);
}

TEST(strong_integer, is_as_small_as_its_number) {
  static_assert(sizeof(ticket) == sizeof(std::uint64_t));
  static_assert(sizeof(small) == 1);
  static_assert(std::is_trivially_copyable_v<ticket>);
}

TEST(strong_integer, of_zero_means_none_yet) {
  EXPECT_FALSE(ticket{});
  EXPECT_TRUE(ticket{1});
}

TEST(strong_integer, has_an_order_and_a_successor) {
  EXPECT_LT(ticket{1}, ticket{2});
  EXPECT_EQ(ticket{1}.next(), ticket{2});
  EXPECT_EQ(small{254}.next(), small::max());
  EXPECT_EQ(small::max(), small{255});
}

TEST(strong_integer, prints_as_its_number) {
  EXPECT_EQ(to_string(ticket::max()), "18446744073709551615");
  EXPECT_EQ(to_string(small{7}), "7");
}

TEST(strong_integer, can_be_a_key) {
  std::unordered_set<ticket> seen{{1}, {2}, {1}};
  EXPECT_EQ(seen.size(), 2u);
}

TEST(strong_integer, travels_as_its_plain_number) {
  std::vector<std::uint64_t> written;
  auto archive = [&](std::uint64_t value) { written.push_back(value); };
  ticket{7}.serialize(archive);
  EXPECT_EQ(written, std::vector<std::uint64_t>{7});
}

} // namespace
} // namespace chorus
