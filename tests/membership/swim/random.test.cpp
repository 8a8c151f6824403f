#include "world.hpp"

#include <gtest/gtest.h>

/// What holds whatever happens: random clusters, random trouble, from printed seeds.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> start_all(world& cluster, std::size_t count) {
  std::vector<std::string> hosts;
  for (std::size_t n = 0; n < count; ++n)
    hosts.push_back("n" + std::to_string(n));
  for (const auto& host : hosts)
    cluster.start(host, {hosts.front(), hosts[1]});
  return hosts;
}

bool becomes_calm(world& cluster, duration within) {
  return cluster.run_until([&] { return cluster.is_calm(); }, within);
}

TEST(swim_at_random, nobody_is_declared_failed_where_a_tenth_of_all_datagrams_is_lost) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    world cluster{seed};
    cluster.network = {.loss = 0.1, .doubling = 0.1, .delay_at_least = 1ms, .delay_at_most = 50ms};
    start_all(cluster, 3 + 3 * seed);
    ASSERT_TRUE(becomes_calm(cluster, 60s));
    cluster.run_for(120s);
    EXPECT_EQ(cluster.count("failed"), 0);
    EXPECT_GT(cluster.seen.lost, 100u);
    EXPECT_GT(cluster.seen.doubled, 100u);
  }
}

TEST(swim_at_random, a_machine_that_vanishes_is_found_out_by_all) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    world cluster{seed};
    random_generator chance{seed};
    const auto hosts = start_all(cluster, 3 + seed);
    ASSERT_TRUE(becomes_calm(cluster, 20s));
    cluster.run_for(chance.duration_between(0s, 3s));
    cluster.vanish(hosts.back());
    const auto others = static_cast<int>(hosts.size()) - 1;
    ASSERT_TRUE(cluster.run_until([&] { return cluster.count("failed") == others; }, 30s));
    EXPECT_TRUE(cluster.is_whole());
  }
}

TEST(swim_at_random, a_process_that_is_stopped_for_three_seconds_is_never_declared_failed) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    world cluster{seed};
    random_generator chance{seed};
    const auto hosts = start_all(cluster, 2 + seed % 20);
    ASSERT_TRUE(becomes_calm(cluster, 20s));
    cluster.run_for(chance.duration_between(1s, 3s));
    cluster.pause(hosts.back());
    cluster.run_for(3s);
    cluster.resume(hosts.back());
    EXPECT_TRUE(becomes_calm(cluster, 5s));
    cluster.run_for(20s);
    EXPECT_EQ(cluster.count("failed"), 0);
    EXPECT_TRUE(cluster.is_calm());
    EXPECT_EQ(cluster.story_of(hosts.back()).find('?'), std::string::npos) << "nor does it suspect others";
  }
}

TEST(swim_at_random, converges_to_one_view_whatever_happened_before) {
  world::sums seen;
  auto crashes = 0;
  auto taken_back = 0;
  auto expelled = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    world cluster{seed};
    random_generator chance{seed};
    cluster.network = {.loss = 0.3, .doubling = 0.1, .delay_at_least = 1ms, .delay_at_most = 200ms};
    const auto hosts = start_all(cluster, 2 + chance.below(10));
    for (auto trouble = 0; trouble < 12; ++trouble) {
      const auto& victim = hosts[chance.below(hosts.size())];
      switch (chance.below(7)) {
      case 0:
        cluster.crash(victim);
        cluster.run_for(chance.duration_between(0s, 10s));
        cluster.start(victim, {hosts[0], hosts[1]});
        ++crashes;
        break;
      case 1: {
        auto shuffled = hosts;
        chance.shuffle(shuffled);
        const auto middle =
            shuffled.begin() + static_cast<std::ptrdiff_t>(1 + chance.below(hosts.size() - 1));
        cluster.part({shuffled.begin(), middle}, {middle, shuffled.end()});
        break;
      }
      case 2:
        cluster.cut(victim, hosts[chance.below(hosts.size())]);
        break;
      case 3:
        cluster.pause(victim);
        cluster.run_for(chance.duration_between(0s, 15s));
        cluster.resume(victim);
        break;
      case 4:
        cluster.leave(victim);
        cluster.run_for(chance.duration_between(0s, 2s));
        cluster.start(victim, {hosts[0], hosts[1]});
        break;
      case 5:
        cluster.reject(victim, hosts[chance.below(hosts.size())]);
        break;
      default:
        cluster.heal();
      }
      cluster.run_for(chance.duration_between(0s, 20s));
    }
    cluster.heal();
    cluster.network = {};
    ASSERT_TRUE(becomes_calm(cluster, 120s)) << cluster.views();
    cluster.run_for(30s); // verdicts that were on their way are weighed
    ASSERT_TRUE(becomes_calm(cluster, 120s)) << cluster.views();
    const auto verdicts = cluster.count("failed");
    cluster.run_for(60s);
    EXPECT_TRUE(cluster.is_calm());
    EXPECT_EQ(cluster.count("failed"), verdicts) << "a whole cluster stays whole";
    EXPECT_EQ(cluster.count("rejected"), 0);
    for (const auto& host : hosts) {
      taken_back += static_cast<int>(cluster.at(host).counters().verdicts_taken_back);
      EXPECT_EQ(cluster.at(host).counters().accusations_above, 0u);
    }
    expelled += cluster.count("expelled");
    seen.lost += cluster.seen.lost;
    seen.cut += cluster.seen.cut;
  }
  EXPECT_GT(crashes, 10);
  EXPECT_GT(taken_back, 10);
  EXPECT_GT(expelled, 3);
  EXPECT_GT(seen.lost, 1000u);
  EXPECT_GT(seen.cut, 1000u);
}

} // namespace
} // namespace chorus::membership::swim
