#include "two_nodes.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <gtest/gtest.h>

#include <future>

/// What turns of the I/O thread cost.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

constexpr std::uint64_t quiet_links = 200;

/// Takes that many turns, each for a timer of its own.
void turn(test_node& node, int times) {
  for (int i = 0; i < times; ++i) {
    std::promise<void> done;
    node.run([&] { node.net().arm(1, node.net().now() + 1ms, [&] { done.set_value(); }); });
    done.get_future().get();
  }
}

/// Ada has many links of which nobody says anything, and one to Bob over which all has been said.
class node_with_quiet_links : public ::testing::Test {
protected:
  node_with_quiet_links() {
    for (std::uint64_t i = 0; i < quiet_links; ++i)
      nodes.a.run([&] {
        nodes.a.net().add_peer({{i + 10, 1}, {1}}, nobody, relation_number{i + 10}, false);
      });
  }

  std::uint64_t looks() { return nodes.a.net().counters().links_looked_at; }
  std::uint64_t turns() { return nodes.a.net().counters().turns; }

  /// Until the last acknowledgement is through and its timer is gone.
  void become_quiet() {
    send_numbers(*nodes.a_sends, first_pair, 1);
    send_numbers(*nodes.b_sends, first_pair, 1);
    ASSERT_TRUE(has_all(nodes.a, bob, first_pair, 1));
    ASSERT_TRUE(has_all(nodes.b, ada, first_pair, 1));
    for (auto before = looks() + 1; looks() != before;) {
      before = looks();
      turn(nodes.a, 300);
    }
  }

  const address nobody{"127.0.0.1", 1};
  two_nodes nodes;
};

TEST_F(node_with_quiet_links, looks_at_none_of_them_while_others_have_something_to_do) {
  ASSERT_NO_FATAL_FAILURE(become_quiet());
  test_node stranger{options_of({{3, 3}, {1}})};
  auto looks_before = looks();
  auto turns_before = turns();
  turn(nodes.a, 100);
  for (std::size_t i = 1; i <= 100; ++i) {
    stranger.post_datagram(nodes.a.where(), text_bytes("from a stranger"));
    nodes.b.post_datagram(ada, text_bytes("from a peer"));
    nodes.a.post_datagram(bob, text_bytes("to a peer"));
    ASSERT_TRUE(nodes.a.wait([&] { return nodes.a.told.datagrams.size() >= 2 * i; }));
  }
  EXPECT_GE(turns() - turns_before, 200u);
  EXPECT_EQ(looks() - looks_before, 0u);
}

TEST_F(node_with_quiet_links, looks_only_at_the_one_that_speaks) {
  ASSERT_NO_FATAL_FAILURE(become_quiet());
  auto looks_before = looks();
  auto turns_before = turns();
  send_numbers(*nodes.a_sends, second_pair, 100);
  ASSERT_TRUE(has_all(nodes.b, ada, second_pair, 100));
  EXPECT_GE(looks() - looks_before, 1u);
  EXPECT_LE(looks() - looks_before, turns() - turns_before);
}

TEST_F(node_with_quiet_links, looks_at_each_of_them_to_end_it) {
  ASSERT_NO_FATAL_FAILURE(become_quiet());
  for (std::uint64_t i = 0; i < quiet_links; ++i)
    nodes.a.remove({{i + 10, 1}, {1}}, link::abandon{});
  ASSERT_TRUE(nodes.a.wait([&] { return nodes.a.told.closed.size() == quiet_links; }));
  nodes.a.net().stop(); // with the last link, long before it would give up
  EXPECT_EQ(nodes.a.told.closed.size(), quiet_links + 1);
}

TEST(turns, that_take_long_are_told) {
  test_node node{options_of(ada)};
  node.run([&] {
    for (auto until = steady_now() + 50ms; steady_now() < until;) {
    }
  });
  ASSERT_TRUE(node.wait([&] { return node.net().counters().longest_turn >= 50ms; }));
}

} // namespace
} // namespace chorus
