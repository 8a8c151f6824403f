#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

/// Between two live incarnations nothing is lost, nothing comes twice and the order of each pair is
/// kept, whatever happens to the wire.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

TEST(transport_links, carry_messages_both_ways_in_order) {
  two_nodes nodes;
  send_numbers(*nodes.a_sends, first_pair, 10'000);
  send_numbers(*nodes.b_sends, second_pair, 10'000);
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 10'000));
  EXPECT_TRUE(has_all(nodes.a, bob, second_pair, 10'000));
}

TEST(transport_links, carry_large_messages_and_small_ones_together) {
  two_nodes nodes;
  std::thread large{[&] { send_numbers(*nodes.a_sends, first_pair, 20, 4'000'000); }};
  std::thread small{[&] { send_numbers(*nodes.a_sends, second_pair, 5'000, 100); }};
  EXPECT_TRUE(has_all(nodes.b, ada, second_pair, 5'000));
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 20));
  large.join();
  small.join();
}

TEST(transport_links, lose_nothing_when_the_wire_is_cut_within_a_stream) {
  two_nodes nodes;
  std::thread sender{[&] { send_numbers(*nodes.a_sends, first_pair, 20'000, 200); }};
  ASSERT_TRUE(nodes.b.wait([&] { return nodes.b.told.messages > 1'000; }));
  nodes.cut_both();
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 20'000));
  sender.join();
  EXPECT_EQ(nodes.b.told.messages, 20'000u);
}

TEST(transport_links, survive_a_storm_of_reconnects) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  std::thread sender{[&] { send_numbers(*nodes.a_sends, first_pair, 5'000, 500); }};
  // Each cut hits a connection that has carried something.
  for (std::size_t cuts = 0; cuts < 30; ++cuts) {
    auto before = nodes.to_b.bytes_taken();
    ASSERT_TRUE(nodes.b.wait([&] {
      return nodes.to_b.bytes_taken() > before || nodes.b.told.messages == 5'000;
    }));
    nodes.cut_both();
  }
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 5'000));
  sender.join();
}

TEST(transport_links, go_on_when_a_stalled_wire_moves_again) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  nodes.to_b.stall();
  std::thread sender{[&] { send_numbers(*nodes.a_sends, first_pair, 20'000, 1'000); }};
  auto before = nodes.a.net().counters().frames_sent;
  ASSERT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().frames_sent > before; }));
  nodes.to_b.heal();
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 20'000));
  sender.join();
}

TEST(transport_links, give_up_a_half_open_connection_and_lose_nothing) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  auto connections = nodes.to_b.accepted();
  nodes.to_b.half_open();
  send_numbers(*nodes.a_sends, first_pair, 100);
  ASSERT_TRUE(nodes.a.wait([&] { return nodes.to_b.accepted() > connections; }));
  nodes.to_b.heal();
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 100));
}

TEST(transport_links, keep_order_over_a_slow_wire) {
  two_nodes nodes;
  nodes.to_a.delay(30ms);
  nodes.to_b.delay(50ms);
  send_numbers(*nodes.a_sends, first_pair, 5'000, 100);
  send_numbers(*nodes.b_sends, second_pair, 5'000, 100);
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 5'000));
  EXPECT_TRUE(has_all(nodes.a, bob, second_pair, 5'000));
}

} // namespace
} // namespace chorus
