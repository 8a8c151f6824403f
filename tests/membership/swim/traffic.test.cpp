#include "world.hpp"

#include <gtest/gtest.h>

/// What a node sends while nothing happens does not depend on how many there are.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

struct rate {
  double messages = 0; ///< that one node sends in a second
  double bytes = 0;    ///< without what the transport adds
};

rate idle_rate(int nodes) {
  world cluster{7};
  cluster.start("n0");
  for (auto n = 1; n < nodes; ++n)
    cluster.start("n" + std::to_string(n), {"n0"});
  EXPECT_TRUE(cluster.run_until([&] { return cluster.count("up") == nodes * (nodes - 1); }, 20s));
  cluster.run_for(60s); // what was to be said about the start is said
  EXPECT_TRUE(cluster.is_calm());
  const auto before = cluster.seen;
  cluster.run_for(120s);
  const auto per_node_second = 1.0 / (120.0 * nodes);
  return {
      static_cast<double>(cluster.seen.sent - before.sent) * per_node_second,
      static_cast<double>(cluster.seen.bytes - before.bytes) * per_node_second};
}

TEST(swim_traffic, of_an_idle_node_is_a_probe_and_an_answer_each_period_whatever_the_size) {
  const auto small = idle_rate(8);
  const auto large = idle_rate(128);
  EXPECT_NEAR(small.messages, 2.0, 0.1);
  EXPECT_NEAR(large.messages, 2.0, 0.1);
  EXPECT_LT(small.bytes, 16);
  EXPECT_LT(large.bytes, 16);
}

TEST(swim_traffic, of_two_nodes_is_no_more) {
  EXPECT_NEAR(idle_rate(2).messages, 2.0, 0.1);
}

TEST(swim_traffic, of_news_is_bounded_for_each_node) {
  world cluster{7};
  cluster.start("n0");
  for (auto n = 1; n < 50; ++n)
    cluster.start("n" + std::to_string(n), {"n0"});
  ASSERT_TRUE(cluster.run_until([&] { return cluster.count("up") == 50 * 49; }, 20s));
  cluster.run_for(60s);
  const auto before = cluster.seen.sent;
  cluster.say("n7", {{"storage"}, {}, "2"});
  cluster.run_for(10s);
  EXPECT_EQ(cluster.count("updated"), 49);
  // Ten seconds of probes and answers, and each node has repeated the one rumour a few times.
  EXPECT_LT(cluster.seen.sent - before, 50 * (2 * 10 + 3 + rumour_queue::repetitions(50)));
}

} // namespace
} // namespace chorus::membership::swim
