#include "nobody.hpp"
#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/// `stop` ends within its bound, whatever state the peers are in.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

constexpr auto flush = 300ms;
/// What ends beyond this has hung; the farewells take half a second, a loaded machine the rest.
constexpr auto bound = 10s;

void stop_soon(transport_options& options) {
  options.flush_within = flush;
}

void expect_stops_in_time(test_node& node) {
  auto start = std::chrono::steady_clock::now();
  node.net().stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, bound);
  node.net().stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, bound);
}

TEST(stopping, says_goodbye_after_everything_was_delivered) {
  two_nodes nodes{[](transport_options& options) { options.flush_within = patience; }};
  send_numbers(*nodes.a_sends, first_pair, 1'000);
  expect_stops_in_time(nodes.a);
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 1'000));
  ASSERT_TRUE(nodes.b.wait([&] { return !nodes.b.told.closed.empty(); }));
  EXPECT_EQ(nodes.b.told.closed.front().second.reason, link::closed::why::closed_by_peer);
  ASSERT_EQ(nodes.a.told.closed.size(), 1u);
  EXPECT_EQ(nodes.a.told.closed.front().second.reason, link::closed::why::closed_here);
  EXPECT_EQ(nodes.a_sends->send({first_pair, {}, numbered(1)}), errc::node_down);
}

TEST(stopping, does_not_wait_for_a_peer_that_refuses_connections) {
  two_nodes nodes{stop_soon};
  nodes.to_b.refuse();
  nodes.a_sends->send({first_pair, {}, numbered(1)});
  expect_stops_in_time(nodes.a);
  ASSERT_EQ(nodes.a.told.closed.size(), 1u);
  EXPECT_EQ(nodes.a.told.closed.front().second.losses.size() + nodes.a.told.refused, 1u);
}

TEST(stopping, does_not_wait_for_a_stalled_peer) {
  two_nodes nodes{stop_soon};
  ASSERT_TRUE(nodes.are_connected());
  nodes.to_b.stall();
  for (int i = 0; i < 8; ++i)
    ASSERT_EQ(nodes.a_sends->send({first_pair, {}, numbered(1, 4'000'000)}), errc::none);
  expect_stops_in_time(nodes.a);
}

TEST(stopping, does_not_wait_for_a_half_open_peer) {
  two_nodes nodes{stop_soon};
  ASSERT_TRUE(nodes.are_connected());
  nodes.to_b.half_open();
  nodes.a_sends->send({first_pair, {}, numbered(1)});
  expect_stops_in_time(nodes.a);
}

TEST(stopping, does_not_wait_for_a_name_server) {
  test_node node{options_of(ada)};
  node.add(bob, {"no-such-host.invalid", 4000}); // RFC 2606
  node.run([&] { node.net().send_datagram(address{"no-such-seed.invalid", 4000}, text_bytes("hello")); });
  node.remove(bob, link::abandon{});
  expect_stops_in_time(node);
}

TEST(stopping, does_not_wait_for_a_connection_that_says_nothing) {
  test_node node{options_of(ada)};
  auto silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(silent, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(node.where().port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(silent, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  expect_stops_in_time(node);
  close(silent);
}

TEST(stopping, works_for_one_that_never_started) {
  nobody events;
  auto opened = transport::open(options_of(ada), events);
  ASSERT_TRUE(opened);
  EXPECT_TRUE((*opened)->post([] {}));
  (*opened)->stop();
  EXPECT_FALSE((*opened)->post([] {}));
}

} // namespace
} // namespace chorus
