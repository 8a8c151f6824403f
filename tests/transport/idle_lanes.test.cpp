#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// Connections that are opened when they are needed, and closed when they are not.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

void keep_none_open(transport_options& options) {
  options.links_kept_open = 0;
  options.idle_after = 20ms;
}

std::uint64_t closed_by(test_node& node) {
  return node.net().counters().lanes_closed_idle;
}

void send_datagram(test_node& from, const peer& to, const std::string& text) {
  from.run([&] { from.net().send_datagram(to, text_bytes(text)); });
}

TEST(idle_lanes, stay_open_up_to_the_limit_and_are_closed_beyond_it) {
  two_nodes nodes{[](transport_options& options) {
    keep_none_open(options);
    if (options.self == ada)
      options.links_kept_open = 1;
  }};
  send_numbers(*nodes.a_sends, first_pair, 1);
  ASSERT_TRUE(has_all(nodes.b, ada, first_pair, 1));
  // From here on Ada uses none of its lanes. Bob closes its own again and again, after the same time.
  for (int round = 0; round < 5; ++round) {
    auto before = closed_by(nodes.b);
    send_datagram(nodes.b, ada, "still here");
    ASSERT_TRUE(nodes.b.wait([&] { return closed_by(nodes.b) > before; }));
  }
  EXPECT_EQ(closed_by(nodes.a), 0u);
}

TEST(idle_lanes, are_opened_again_for_messages_and_nothing_is_lost) {
  two_nodes nodes{keep_none_open};
  for (std::uint64_t round = 1; round <= 3; ++round) {
    link::pair between{round, 1};
    auto before = closed_by(nodes.a);
    send_numbers(*nodes.a_sends, between, 100);
    ASSERT_TRUE(has_all(nodes.b, ada, between, 100));
    ASSERT_TRUE(nodes.a.wait([&] { return closed_by(nodes.a) > before; }));
  }
  EXPECT_EQ(nodes.a.told.established[bob], 1u) << "the link went on";
  EXPECT_EQ(nodes.a.told.connections_lost[bob], 0u) << "closing is no loss";
}

TEST(idle_lanes, are_opened_again_for_datagrams_and_the_first_one_arrives) {
  two_nodes nodes{keep_none_open};
  for (std::size_t round = 1; round <= 3; ++round) {
    auto before = closed_by(nodes.a);
    send_datagram(nodes.a, bob, std::to_string(round));
    ASSERT_TRUE(nodes.b.wait([&] { return nodes.b.told.datagrams.size() == round; }));
    EXPECT_EQ(nodes.b.told.datagrams.back().second, std::to_string(round));
    ASSERT_TRUE(nodes.a.wait([&] { return closed_by(nodes.a) > before; }));
  }
}

TEST(idle_lanes, are_opened_again_to_say_goodbye) {
  two_nodes nodes{[](transport_options& options) {
    keep_none_open(options);
    options.flush_within = patience;
  }};
  send_numbers(*nodes.a_sends, first_pair, 1);
  ASSERT_TRUE(has_all(nodes.b, ada, first_pair, 1));
  ASSERT_TRUE(nodes.a.wait([&] { return closed_by(nodes.a) > 0; }));
  nodes.a.remove(bob, link::close{});
  ASSERT_TRUE(nodes.b.wait([&] { return !nodes.b.told.closed.empty(); }));
  EXPECT_EQ(nodes.b.told.closed.front().second.reason, link::closed::why::closed_by_peer);
}

TEST(idle_lanes, of_a_link_that_never_spoke_end_with_it) {
  two_nodes nodes{keep_none_open};
  nodes.a.remove(bob, link::close{});
  nodes.b.remove(ada, link::abandon{});
  ASSERT_TRUE(nodes.a.wait([&] { return nodes.a.told.closed.size() == 1; }));
  ASSERT_TRUE(nodes.b.wait([&] { return nodes.b.told.closed.size() == 1; }));
  EXPECT_EQ(nodes.a.told.closed.front().second.reason, link::closed::why::closed_here);
  EXPECT_EQ(nodes.b.told.closed.front().second.reason, link::closed::why::abandoned);
}

TEST(datagram_lanes, keep_what_is_sent_before_they_are_connected_and_at_most_the_newest) {
  tcp_proxy wire;
  wire.refuse();
  test_node a{options_of(ada)};
  test_node b{options_of(bob)};
  wire.lead_to(b.where());
  a.add(bob, wire.listening_on());
  constexpr int waiting = 16;
  a.run([&] {
    for (int i = 0; i <= waiting; ++i)
      a.net().send_datagram(bob, text_bytes(std::to_string(i)));
    EXPECT_EQ(a.net().counters().datagrams_dropped, 1u);
  });
  wire.heal();
  ASSERT_TRUE(b.wait([&] { return b.told.datagrams.size() == waiting; }));
  EXPECT_EQ(b.told.datagrams.front().second, "1") << "the oldest made room";
  EXPECT_EQ(b.told.datagrams.back().second, std::to_string(waiting));
}

TEST(datagram_lanes, drop_what_has_waited_too_long) {
  tcp_proxy wire;
  wire.refuse();
  test_node a{options_of(ada)};
  a.add(bob, wire.listening_on());
  a.run([&] {
    a.net().send_datagram(bob, text_bytes("stale"));
    EXPECT_EQ(a.net().counters().datagrams_dropped, 0u);
  });
  EXPECT_TRUE(a.wait([&] { return a.net().counters().datagrams_dropped == 1; }));
  EXPECT_EQ(a.net().counters().datagrams_sent, 0u);
}

TEST(datagram_lanes, are_made_anew_when_they_are_in_doubt) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected()); // or the lane for messages might be the one that is accepted next
  ASSERT_TRUE(nodes.b.wait([&] {
    nodes.a.post_datagram(bob, text_bytes("first"));
    return !nodes.b.told.datagrams.empty();
  }));
  nodes.to_b.half_open();
  // Renewed at most once in a while, so it is doubted until that has passed.
  ASSERT_TRUE(nodes.a.wait([&, before = nodes.to_b.accepted()] {
    nodes.a.net().post([&] { nodes.a.net().doubt(bob); });
    return nodes.to_b.accepted() > before;
  }));
  nodes.to_b.heal();
  ASSERT_TRUE(nodes.b.wait([&] {
    nodes.a.post_datagram(bob, text_bytes("again"));
    return std::ranges::any_of(nodes.b.told.datagrams, [](auto& each) { return each.second == "again"; });
  }));
}

} // namespace
} // namespace chorus
