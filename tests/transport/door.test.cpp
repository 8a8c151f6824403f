#include "raw_connection.hpp"
#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

/// Whoever connects takes no more than there is for strangers.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::size_t few = 3;

transport_options with_few_connections() {
  auto options = options_of(ada);
  options.connections = few;
  return options;
}

bool has_accepted(test_node& node, std::uint64_t count) {
  return node.wait([&] { return node.net().counters().connections_accepted == count; });
}

void expect_good_peers_are_served(two_nodes& nodes, link::pair between) {
  send_numbers(*nodes.a_sends, between, 100);
  EXPECT_TRUE(has_all(nodes.b, ada, between, 100));
  send_numbers(*nodes.b_sends, between, 100);
  EXPECT_TRUE(has_all(nodes.a, bob, between, 100));
}

TEST(door, lets_as_many_in_as_there_may_be) {
  test_node node{with_few_connections()};
  auto connections = connect_many(node.where(), few);
  ASSERT_TRUE(has_accepted(node, few));
  EXPECT_EQ(node.net().counters().connections_refused, 0u);
  for (auto& each : connections)
    EXPECT_TRUE(each.shake_hands());
}

TEST(door, ends_the_oldest_silent_connection_for_one_too_many) {
  test_node node{with_few_connections()};
  auto connections = connect_many(node.where(), few + 1);
  EXPECT_TRUE(connections.front().is_ended());
  EXPECT_EQ(node.net().counters().connections_refused, 1u);
  for (std::size_t i = 1; i < connections.size(); ++i)
    EXPECT_TRUE(connections[i].shake_hands());
  ASSERT_TRUE(node.wait([&] { return !node.told.strangers.empty(); }));
  EXPECT_EQ(node.told.strangers.front().first, "127.0.0.1");
  EXPECT_EQ(node.told.strangers.front().second.code, errc::overloaded);
}

TEST(door, has_room_again_when_somebody_has_gone) {
  test_node node{with_few_connections()};
  for (std::size_t round = 1; round <= 2 * few; ++round) {
    raw_connection passer_by{node.where()};
    ASSERT_TRUE(has_accepted(node, round));
    // Gone only when ZeroMQ has noticed, which shows as a handshake that failed.
    { auto gone = std::move(passer_by); }
    ASSERT_TRUE(node.wait([&] { return node.net().counters().handshakes_failed == round; }));
  }
  EXPECT_EQ(node.net().counters().connections_refused, 0u);
}

TEST(door, stays_open_for_those_who_have_spoken) {
  two_nodes nodes{[](transport_options& options) { options.connections = 8; }};
  ASSERT_TRUE(nodes.are_connected());
  auto before = nodes.a.net().counters();
  std::vector<raw_connection> strangers;
  for (int round = 1; round <= 5; ++round) {
    for (auto& each : connect_many(nodes.a.where(), 20))
      strangers.push_back(std::move(each));
    expect_good_peers_are_served(nodes, {static_cast<std::uint64_t>(round), 1});
  }
  EXPECT_TRUE(strangers.front().is_ended());
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().connections_refused >= 92; }));
  EXPECT_EQ(nodes.a.net().counters().reconnects, before.reconnects);
  EXPECT_EQ(nodes.b.net().counters().reconnects, 0u) << "the link's own connection was never the one to go";
}

TEST(door, counts_handshakes_that_fail) {
  auto options = options_of(ada);
  options.handshake_within = 100ms;
  test_node node{options};
  raw_connection silent{node.where()};
  EXPECT_TRUE(silent.is_ended());
  raw_connection greets{node.where()};
  EXPECT_TRUE(greets.send(zmtp_greeting()));
  EXPECT_TRUE(greets.is_ended());
  raw_connection greets_half{node.where()};
  EXPECT_TRUE(greets_half.send(zmtp_greeting().substr(0, 20)));
  EXPECT_TRUE(greets_half.is_ended());
  EXPECT_TRUE(node.wait([&] { return node.net().counters().handshakes_failed == 3; }));
  ASSERT_TRUE(node.wait([&] { return !node.told.strangers.empty(); }));
  node.run([&] { // whoever is counted is reported in the same task
    // Whose connection has ended before it was looked at is reported without its address.
    std::set<std::string> subjects;
    for (const auto& [where, reason] : node.told.strangers) {
      EXPECT_TRUE(subjects.insert(where).second) << "one report for each address in a while: " << where;
      EXPECT_NE(reason.what.find("ended during ZeroMQ's handshake"), std::string::npos);
    }
    EXPECT_LE(subjects.size(), 2u);
  });
}

TEST(door, takes_nobody_for_a_stranger_who_hangs_up_before_anybody_looks) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  const auto where = nodes.a.where();
  constexpr std::size_t many = 5 * 4; // more than those whose address is not a member's may be
  nodes.a.run([&where] {
    for (std::size_t i = 0; i < many; ++i)
      raw_connection passer_by{where};
  });
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().handshakes_failed >= many; }));
  nodes.a.run([&] { EXPECT_TRUE(nodes.a.told.strangers.empty()); });
}

TEST(door, takes_nobody_for_a_stranger_who_shakes_hands_and_is_gone) {
  test_node node{options_of(ada)};
  for (int round = 0; round < 30; ++round) {
    raw_connection passer_by{node.where()};
    ASSERT_TRUE(passer_by.shake_hands());
  }
  // One that fails, so that all that came before has been looked at.
  { raw_connection silent{node.where()}; }
  ASSERT_TRUE(node.wait([&] { return node.net().counters().handshakes_failed > 0; }));
  node.run([&] { EXPECT_TRUE(node.told.strangers.empty()); });
}

/// Until the other side ends the connection.
void send_a_message_without_an_end(raw_connection& to) {
  std::string parts;
  while (parts.size() < 64 * 1024)
    parts += "\1\1x"; // one byte, and more to come
  while (to.send(parts)) {
  }
}

TEST(door, ends_a_message_without_an_end) {
  two_nodes nodes;
  raw_connection endless{nodes.a.where()};
  ASSERT_TRUE(endless.shake_hands());
  send_a_message_without_an_end(endless);
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().messages_without_end == 1; }));
  expect_good_peers_are_served(nodes, first_pair);
}

TEST(door, ends_a_message_without_an_end_among_more_connections_than_it_looks_at_in_one_turn) {
  two_nodes nodes;
  constexpr std::size_t others = 600; // two turns and a part of one
  auto before = connect_many(nodes.a.where(), others);
  ASSERT_EQ(before.size(), others);
  raw_connection endless{nodes.a.where()}; // the one that is looked at last
  ASSERT_TRUE(endless.shake_hands());
  send_a_message_without_an_end(endless);
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().messages_without_end == 1; }));
  expect_good_peers_are_served(nodes, first_pair);
}

TEST(door, lets_messages_pass_that_come_slowly_or_in_pieces) {
  two_nodes nodes;
  nodes.to_a.delay(5ms);
  constexpr std::size_t size = 4 * 1024 * 1024; // far more than a message without an end may have
  send_numbers(*nodes.b_sends, first_pair, 4, size);
  EXPECT_TRUE(has_all(nodes.a, bob, first_pair, 4));
  EXPECT_EQ(nodes.a.net().counters().messages_without_end, 0u);
}

TEST(door, closes_with_the_transport_while_strangers_knock) {
  auto node = std::make_unique<test_node>(with_few_connections());
  auto connections = connect_many(node->where(), 1'000);
  node.reset();
  EXPECT_TRUE(connections.back().is_ended());
}

} // namespace
} // namespace chorus
