#include "two_nodes.hpp"

#include <gtest/gtest.h>

/// Names, seeds and the datagram lane.
namespace chorus {
namespace {

using namespace chorus::testing;

TEST(addresses, may_be_names_and_all_their_addresses_are_tried) {
  // `localhost` is ::1 as well on most machines, where nobody listens here.
  test_node a{options_of(ada)};
  test_node b{options_of(bob)};
  auto a_sends = a.add(bob, {"localhost", b.where().port});
  b.add(ada, {"localhost", a.where().port});
  send_numbers(*a_sends, first_pair, 100);
  EXPECT_TRUE(has_all(b, ada, first_pair, 100));
}

TEST(addresses, may_belong_to_nobody_yet) {
  tcp_proxy to_b;
  test_node a{options_of(ada)};
  auto a_sends = a.add(bob, to_b.listening_on());
  send_numbers(*a_sends, first_pair, 100);
  ASSERT_TRUE(a.wait([&] { return to_b.accepted() > 0; }));
  test_node b{options_of(bob)};
  b.add(ada, a.where());
  to_b.lead_to(b.where());
  EXPECT_TRUE(has_all(b, ada, first_pair, 100));
}

TEST(addresses, of_another_node_are_reported) {
  test_node a{options_of(ada)};
  test_node c{options_of({{3, 3}, {1}})};
  a.add(bob, c.where());
  ASSERT_TRUE(a.wait([&] { return !a.told.strangers.empty(); }));
  EXPECT_EQ(a.told.strangers.front().first, to_string(c.where()));
  a.remove(bob, link::abandon{});
}

TEST(datagrams, reach_a_seed_with_the_first_one) {
  test_node a{options_of(ada)};
  test_node b{options_of(bob)};
  a.run([&] { a.net().send_datagram(b.where(), text_bytes("is anybody there?")); });
  ASSERT_TRUE(b.wait([&] { return !b.told.datagrams.empty(); }));
  EXPECT_EQ(b.told.datagrams.front(), (std::pair<peer, std::string>{ada, "is anybody there?"}));
  EXPECT_TRUE(a.wait([&] { return a.net().counters().datagrams_sent == 1; }));
}

TEST(datagrams, reach_a_peer_once_its_lane_is_connected) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  // Best effort: dropped until the lane is connected, then there.
  EXPECT_TRUE(nodes.b.wait([&] {
    nodes.a.post_datagram(bob, text_bytes("probe"));
    auto& datagrams = nodes.b.told.datagrams;
    return !datagrams.empty() && datagrams.front() == std::pair<peer, std::string>{ada, "probe"};
  }));
}

TEST(datagrams, to_a_node_without_a_link_are_not_taken) {
  test_node a{options_of(ada)};
  a.run([&] { EXPECT_FALSE(a.net().send_datagram(bob, text_bytes("probe"))); });
}

TEST(datagrams, may_have_the_largest_size) {
  test_node a{options_of(ada)};
  test_node b{options_of(bob)};
  EXPECT_TRUE(b.wait([&] {
    a.post_datagram(b.where(), byte_buffer(limits::datagram_bytes));
    auto& datagrams = b.told.datagrams;
    return !datagrams.empty() && datagrams.front().second.size() == limits::datagram_bytes;
  }));
}

} // namespace
} // namespace chorus
