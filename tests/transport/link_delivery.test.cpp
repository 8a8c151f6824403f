#include "tcp_proxy.hpp"
#include "test_node.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

/// Between two live incarnations nothing is lost, nothing comes twice and the order of each pair is
/// kept, whatever happens to the wire.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

const peer ada{{1, 1}, {1}};
const peer bob{{2, 2}, {1}};
constexpr link::pair first_pair{1, 10};
constexpr link::pair second_pair{2, 20};

/// Two nodes, each reaching the other through a wire of its own.
struct two_nodes {
  explicit two_nodes(const std::function<void(transport_options&)>& adjust = [](auto&) {})
      : a(adjusted(ada, adjust)), b(adjusted(bob, adjust)) {
    to_a.lead_to(a.where());
    to_b.lead_to(b.where());
    a_sends = a.add(bob, to_b.listening_on());
    b_sends = b.add(ada, to_a.listening_on());
  }

  static transport_options adjusted(const peer& self, const std::function<void(transport_options&)>& adjust) {
    auto options = options_of(self);
    adjust(options);
    return options;
  }

  bool are_connected() {
    return a.wait([&] { return a.told.established[bob] == 1; })
           && b.wait([&] { return b.told.established[ada] == 1; });
  }

  void cut_both() {
    to_a.cut();
    to_b.cut();
  }

  tcp_proxy to_a;
  tcp_proxy to_b;
  test_node a;
  test_node b;
  std::shared_ptr<outbox> a_sends;
  std::shared_ptr<outbox> b_sends;
};

void send_numbers(outbox& to, link::pair pair, std::uint64_t count, std::size_t size = 8) {
  for (std::uint64_t number = 1; number <= count; ++number)
    ASSERT_EQ(send_patiently(to, {pair, link::urgency::ordinary, numbered(number, size)}), errc::none);
}

bool has_all(test_node& node, const peer& from, link::pair pair, std::uint64_t count) {
  return node.wait([&] {
    return node.told.numbers[{from, pair}].size() >= count;
  }) && is_complete(node.told.numbers[{from, pair}], count);
}

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
