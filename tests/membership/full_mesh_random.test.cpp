#include "mesh_world.hpp"

#include <gtest/gtest.h>

#include <array>

/// Small clusters under random faults; a failure prints the seed of its story.
namespace chorus::membership::full_mesh {
namespace {

using namespace std::chrono_literals;

const std::array<std::string, 5> hosts{"a", "b", "c", "d", "e"};

void start_all(mesh_world& world) {
  for (const auto& host : hosts)
    world.start(host, {"a", "b"});
}

bool becomes_whole(mesh_world& world, duration within) {
  return world.run_until([&] { return world.is_whole(); }, within);
}

TEST(full_mesh_at_random, declares_nobody_failed_while_one_datagram_in_five_is_lost) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    mesh_world world{seed};
    world.network = {.loss = 0.2, .doubling = 0.1, .delay_at_least = 1ms, .delay_at_most = 100ms};
    start_all(world);
    ASSERT_TRUE(becomes_whole(world, 20s));
    world.run_for(60s);
    EXPECT_EQ(world.count("failed"), 0);
    EXPECT_GT(world.seen.lost, 100);
    EXPECT_GT(world.seen.doubled, 100);
    EXPECT_GT(world.seen.overtaken, 100);
  }
}

TEST(full_mesh_at_random, notices_every_crash_within_the_failure_timeout_and_one_interval) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    mesh_world world{seed};
    random_generator chance{seed};
    start_all(world);
    ASSERT_TRUE(becomes_whole(world, 20s));
    world.run_for(chance.duration_between(0s, 1s));
    auto crashed_at = world.now();
    world.crash("e");
    ASSERT_TRUE(world.run_until([&] { return world.count("failed") == 4; }, 2s + 250ms));
    EXPECT_TRUE(world.is_whole());
    EXPECT_GE(world.now() - crashed_at, 2s - 250ms);
  }
}

TEST(full_mesh_at_random, converges_to_one_view_whatever_happened_before) {
  mesh_world::fault_counters seen;
  auto crashes = 0;
  auto new_lives = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    mesh_world world{seed};
    random_generator chance{seed};
    world.network = {.loss = 0.3, .doubling = 0.1, .delay_at_least = 1ms, .delay_at_most = 200ms};
    start_all(world);
    for (auto trouble = 0; trouble < 12; ++trouble) {
      const auto& victim = hosts[chance.below(hosts.size())];
      switch (chance.below(5)) {
      case 0:
        world.crash(victim);
        world.run_for(chance.duration_between(0s, 5s));
        world.start(victim, {"a", "b"});
        ++crashes;
        break;
      case 1: {
        auto shuffled = hosts;
        chance.shuffle(shuffled);
        auto middle = shuffled.begin() + static_cast<std::ptrdiff_t>(1 + chance.below(hosts.size() - 1));
        world.part({shuffled.begin(), middle}, {middle, shuffled.end()});
        break;
      }
      case 2:
        world.cut(victim, hosts[chance.below(hosts.size())]);
        break;
      case 3:
        world.pause(victim);
        world.run_for(chance.duration_between(0s, 4s));
        world.resume(victim);
        break;
      default:
        world.heal();
      }
      world.run_for(chance.duration_between(0s, 6s));
    }
    world.heal();
    world.network = {};
    ASSERT_TRUE(becomes_whole(world, 60s));
    world.run_for(1s); // accusations that were on their way are judged
    ASSERT_TRUE(becomes_whole(world, 10s));
    auto verdicts = world.count("failed");
    world.run_for(20s);
    EXPECT_TRUE(world.is_whole());
    EXPECT_EQ(world.count("failed"), verdicts) << "a whole cluster stays whole";
    EXPECT_EQ(world.count("rejected"), 0);
    new_lives += world.count("declared_failed");
    seen.lost += world.seen.lost;
    seen.cut += world.seen.cut;
    seen.overtaken += world.seen.overtaken;
  }
  EXPECT_GT(crashes, 10);
  EXPECT_GT(new_lives, 10);
  EXPECT_GT(seen.lost, 1000);
  EXPECT_GT(seen.cut, 1000);
  EXPECT_GT(seen.overtaken, 1000);
}

} // namespace
} // namespace chorus::membership::full_mesh
