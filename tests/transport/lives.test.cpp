#include "two_nodes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

/// What is left of a life in the next one: nothing.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;
using why = link::closed::why;

bool has_ended(test_node& node, const peer& who, why reason) {
  auto of_peer = [&](const auto& entry) { return entry.first == who; };
  auto as_wanted = false;
  node.wait([&] {
    auto end = std::ranges::find_if(node.told.closed, of_peer);
    if (end == node.told.closed.end())
      return false;
    as_wanted = end->second.reason == reason;
    return true;
  });
  return as_wanted;
}

TEST(lives, of_a_restarted_node_get_no_message_of_the_life_before) {
  const peer bob_again{bob.node, {2}};
  tcp_proxy to_a;
  tcp_proxy to_b;
  test_node a{options_of(ada)};
  to_a.lead_to(a.where());
  auto options = options_of(bob);
  options.flush_within = 0s;
  std::optional<test_node> b{std::in_place, options};
  to_b.lead_to(b->where());
  auto old_sends = a.add(bob, to_b.listening_on());
  b->add(ada, to_a.listening_on());
  send_numbers(*old_sends, first_pair, 10);
  ASSERT_TRUE(has_all(*b, ada, first_pair, 10));

  // It dies without a word, with messages on their way to it.
  to_b.refuse();
  to_a.refuse();
  send_numbers(*old_sends, second_pair, 100);
  b.reset();
  options.self = bob_again;
  b.emplace(options);
  b->add(ada, to_a.listening_on());
  to_b.lead_to(b->where());
  to_b.heal();
  to_a.heal();

  ASSERT_TRUE(has_ended(a, bob, why::peer_restarted));
  ASSERT_EQ(a.told.closed.size(), 1u);
  // Of the first pair it may know or not that everything has arrived.
  const auto& losses = a.told.closed.front().second.losses;
  auto unknown = std::count_if(losses.begin(), losses.end(), [](const auto& message) {
    return message.pair == second_pair;
  });
  EXPECT_EQ(static_cast<std::size_t>(unknown) + a.told.refused, 100u);
  EXPECT_EQ(old_sends->send({first_pair, {}, numbered(1)}), errc::node_down);

  auto new_sends = a.add(bob_again, to_b.listening_on());
  send_numbers(*new_sends, first_pair, 50);
  EXPECT_TRUE(has_all(*b, ada, first_pair, 50));
  EXPECT_EQ(b->told.messages, 50u);
}

TEST(lives, are_told_that_their_relation_is_over_when_they_speak_in_it) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  // The last word does not get through; what the other says later is answered.
  nodes.to_b.refuse();
  nodes.a.remove(bob, link::abandon{});
  EXPECT_TRUE(has_ended(nodes.a, bob, why::abandoned));
  EXPECT_EQ(nodes.a_sends->send({first_pair, {}, numbered(1)}), errc::node_down);
  nodes.b_sends->send({first_pair, {}, numbered(1)});
  EXPECT_TRUE(has_ended(nodes.b, ada, why::ended_by_peer));
  EXPECT_EQ(nodes.a.told.messages, 0u);
}

TEST(lives, have_another_relation_after_the_end_of_one) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  nodes.a.remove(bob, link::abandon{});
  ASSERT_TRUE(has_ended(nodes.a, bob, why::abandoned));
  ASSERT_TRUE(has_ended(nodes.b, ada, why::ended_by_peer));
  auto a_sends = nodes.a.add(bob, nodes.to_b.listening_on());
  auto b_sends = nodes.b.add(ada, nodes.to_a.listening_on());
  send_numbers(*a_sends, first_pair, 100);
  send_numbers(*b_sends, first_pair, 100);
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 100));
  EXPECT_TRUE(has_all(nodes.a, bob, first_pair, 100));
}

TEST(lives, that_end_in_order_lose_nothing) {
  two_nodes nodes{[](transport_options& options) { options.flush_within = patience; }};
  send_numbers(*nodes.a_sends, first_pair, 5'000);
  nodes.a.remove(bob, link::close{});
  EXPECT_TRUE(has_all(nodes.b, ada, first_pair, 5'000));
  EXPECT_TRUE(has_ended(nodes.b, ada, why::closed_by_peer));
  ASSERT_TRUE(has_ended(nodes.a, bob, why::closed_here));
  EXPECT_TRUE(nodes.a.told.closed.front().second.losses.empty());
}

TEST(lives, have_one_link_to_a_peer_however_often_it_is_added) {
  two_nodes nodes;
  EXPECT_EQ(nodes.a.add(bob, nodes.to_b.listening_on()), nodes.a_sends);
  nodes.a.run([&] {
    EXPECT_EQ(nodes.a.net().outbox_of({bob.node, {9}}), nullptr);
    nodes.a.net().remove_peer({bob.node, {9}}, link::close{});
  });
  EXPECT_TRUE(nodes.are_connected());
}

} // namespace
} // namespace chorus
