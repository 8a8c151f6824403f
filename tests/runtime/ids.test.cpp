#include <chorus/runtime/ids.hpp>

#include <gtest/gtest.h>

namespace chorus {
namespace {

TEST(node_id, is_read_back_from_its_printed_form) {
  node_id id{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(to_string(id), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(parse_node_id(to_string(id)), id);
}

TEST(node_id, is_not_read_from_other_text) {
  EXPECT_FALSE(parse_node_id(""));
  EXPECT_FALSE(parse_node_id("0123456789abcdeffedcba987654321"));
  EXPECT_FALSE(parse_node_id("0123456789abcdeffedcba98765432100"));
  EXPECT_FALSE(parse_node_id("0123456789abcdef-edcba9876543210"));
  EXPECT_FALSE(parse_node_id("0123456789ABCDEFFEDCBA9876543210"));
}

TEST(node_id, of_zeros_means_no_node) {
  EXPECT_FALSE(node_id{});
  EXPECT_TRUE((node_id{0, 1}));
}

TEST(peer, prints_short_enough_for_a_log_line) {
  EXPECT_EQ(to_string(peer{{0x0123456789abcdef, 1}, {7}}), "01234567/7");
}

TEST(incarnation, grows_from_one_life_to_the_next) {
  incarnation first{1};
  EXPECT_LT(first, first.next());
  EXPECT_FALSE(incarnation{});
}

template <class A, class B>
concept comparable = requires(A a, B b) {
  a == b;
};

template <class From, class To>
concept converts = std::is_convertible_v<From, To>;

TEST(identifiers, do_not_mix) {
  static_assert(!comparable<incarnation, refutation>);
  static_assert(!comparable<node_id, replica_id>);
  static_assert(!converts<std::uint64_t, incarnation>);
  static_assert(!converts<incarnation, std::uint64_t>);
}

} // namespace
} // namespace chorus
