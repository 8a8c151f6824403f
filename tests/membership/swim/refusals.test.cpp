#include "world.hpp"

#include <chorus/membership/notices.hpp>
#include <chorus/membership/swim/refusal_patience.hpp>
#include <chorus/membership/swim/waiting_room.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

/// Who is kept out hears it at once, and is kept out for a good reason only. Both ends say it.
namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

constexpr duration failure_timeout = 4s; // the default
const timing times{failure_timeout};

// -- patience ------------------------------------------------------------------------------------------

struct patience : testing::Test {
  using advice = refusal_patience::advice;

  advice
  hear_at(duration when, std::optional<duration> heard_ago, refusal::why reason = refusal::why::name_taken) {
    refusal what;
    what.reason = reason;
    what.heard_ago = heard_ago;
    return refused.hear(start + when, what);
  }

  time_point start{1h};
  refusal_patience refused{times, 9s};
};

TEST_F(patience, ends_when_it_is_over_and_the_holder_lives) {
  EXPECT_EQ(hear_at(0s, 0s), advice::begin);
  EXPECT_EQ(hear_at(times.refusal_patience() - 1ns, 0s), advice::go_on);
  EXPECT_EQ(
      hear_at(times.refusal_patience(), times.refusal_patience() - times.longest_flight()), advice::give_up
  );
}

TEST_F(patience, lasts_until_the_holder_was_heard_of_since_it_began) {
  EXPECT_EQ(hear_at(0s, 0s), advice::begin);
  EXPECT_EQ(hear_at(8s, 7s + 1ns), advice::wait_on);
  EXPECT_EQ(hear_at(16s, 15s + 1ns), advice::go_on) << "it is said once";
  EXPECT_EQ(hear_at(24s, 1s), advice::give_up);
}

TEST_F(patience, lasts_while_the_holder_is_known_from_hearsay_only) {
  EXPECT_EQ(hear_at(0s, std::nullopt), advice::begin);
  EXPECT_EQ(hear_at(8s, std::nullopt), advice::wait_on);
  EXPECT_EQ(hear_at(16s, std::nullopt), advice::go_on);
  EXPECT_EQ(hear_at(24s, 0s), advice::give_up);
}

TEST_F(patience, needs_no_sign_of_life_where_the_name_is_not_the_reason) {
  EXPECT_EQ(hear_at(0s, 0s, refusal::why::cluster_full), advice::begin);
  EXPECT_EQ(hear_at(8s, 1h, refusal::why::cluster_full), advice::give_up);
}

TEST_F(patience, begins_anew_when_nobody_has_refused_for_long) {
  EXPECT_EQ(hear_at(0s, 0s), advice::begin);
  EXPECT_TRUE(refused.is_tried(start + 9s));
  EXPECT_FALSE(refused.is_tried(start + 9s + 1ns));
  EXPECT_EQ(hear_at(9s + 1ns, 0s), advice::begin);
  refused.reset();
  EXPECT_FALSE(refused.is_tried(start + 9s + 1ns));
}

TEST(waiting_room_of_newcomers, tells_how_long_somebody_says_hello) {
  waiting_room room{9s};
  const time_point start{1h};
  const peer who{{0, 1}, {1}};
  EXPECT_EQ(room.enter(start, who), 0s);
  EXPECT_EQ(room.enter(start + 9s, who), 9s);
  EXPECT_EQ(room.enter(start + 19s, who), 0s) << "it was silent for too long";
  room.leave(who);
  EXPECT_EQ(room.enter(start + 20s, who), 0s);
}

TEST(waiting_room_of_newcomers, forgets_who_was_heard_of_longest_ago) {
  waiting_room room{1h};
  const time_point start{1h};
  auto number = [](std::uint64_t n) { return peer{{0, n}, {1}}; };
  for (std::uint64_t n = 1; n <= waiting_room::limit; ++n)
    room.enter(start + std::chrono::milliseconds{n}, number(n));
  room.enter(start + 1s, number(1));
  room.enter(start + 2s, number(1000));
  EXPECT_EQ(room.enter(start + 3s, number(1)), 3s - 1ms);
  EXPECT_EQ(room.enter(start + 3s, number(2)), 0s);
}

// -- stories -------------------------------------------------------------------------------------------

struct refusal_story : testing::Test {
  world cluster{1};

  void start_some(int count) {
    cluster.start("a");
    for (auto letter = 'b'; letter < 'a' + count; ++letter)
      cluster.start(std::string(1, letter), {"a"});
    ASSERT_TRUE(cluster.run_until([this] { return cluster.is_calm(); }, 20s));
    cluster.run_for(3s);
    cluster.forget_stories();
  }

  template <class Notice>
  std::vector<Notice> notices_of(const std::string& host) {
    std::vector<Notice> found;
    for (const auto& one : cluster.notices_of(host))
      if (const auto* wanted = std::get_if<Notice>(&one.what))
        found.push_back(*wanted);
    return found;
  }
};

TEST_F(refusal_story, a_taken_name_is_said_at_once_by_both_ends_and_decided_within_two_failure_timeouts) {
  start_some(3);
  const auto came_at = cluster.now();
  cluster.start({"b", "x", 44, {"a"}});
  cluster.run_for(100ms);
  const auto heard = notices_of<refusal_received>("x");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].content.holder.name, "b");
  EXPECT_EQ(heard[0].content.holder.who, cluster.life_of("b"));
  EXPECT_GE(heard[0].content.known_for, 3s);
  ASSERT_TRUE(heard[0].content.heard_ago);
  EXPECT_LE(*heard[0].content.heard_ago, 3s);
  EXPECT_EQ(heard[0].gives_up_in, times.refusal_patience());
  const auto said = notices_of<refusal_sent>("a");
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].refused.where.host, "x");
  ASSERT_TRUE(cluster.run_until([&] { return cluster.count("rejected") == 1; }, 2 * failure_timeout - 100ms));
  EXPECT_LE(cluster.now() - came_at, 2 * failure_timeout);
  cluster.run_for(10s);
  EXPECT_EQ(notices_of<refusal_received>("x").size(), 1u);
  EXPECT_EQ(notices_of<refusal_sent>("a").size(), 1u) << "it is said once, however often it asks";
  EXPECT_EQ(cluster.view_of("a"), "b/1 c/1");
}

TEST_F(refusal_story, a_node_restarts_under_its_name_with_a_new_id_at_once_after_a_kill) {
  start_some(4);
  cluster.crash("c");
  cluster.start({"c", "c", 33, {"a"}});
  EXPECT_TRUE(cluster.run_until([this] { return cluster.is_whole(); }, 10s));
  EXPECT_EQ(cluster.view_of("a"), "b/1 d/1 c/1");
  EXPECT_EQ(cluster.count("rejected"), 0);
}

TEST_F(refusal_story, a_name_whose_holder_leaves_meanwhile_is_free) {
  start_some(4);
  cluster.start({"c", "x", 33, {"a"}});
  cluster.run_for(3s);
  cluster.leave("c");
  EXPECT_TRUE(cluster.run_until([this] { return cluster.is_whole(); }, 1s));
  EXPECT_EQ(cluster.count("refused"), 1);
  EXPECT_EQ(cluster.count("rejected"), 0);
}

TEST_F(refusal_story, a_node_whose_namesake_is_paused_waits_until_that_is_decided) {
  start_some(4);
  cluster.pause("c");
  cluster.start({"c", "x", 33, {"a"}});
  cluster.run_for(3s);
  EXPECT_EQ(cluster.count("rejected"), 0);
  cluster.resume("c");
  ASSERT_TRUE(cluster.run_until([this] { return cluster.count("rejected") == 1; }, 2 * failure_timeout));
  EXPECT_EQ(cluster.count("failed"), 0);
}

TEST_F(refusal_story, a_node_that_cannot_be_reached_is_told_so_and_taken_in_when_it_can) {
  start_some(3);
  for (const auto* host : {"a", "b", "c"})
    cluster.cut(host, "x");
  cluster.start("x", {"a", "b"});
  cluster.run_for(failure_timeout + 5s);
  const auto heard = notices_of<refusal_received>("x");
  ASSERT_EQ(heard.size(), 2u) << "by each of the two";
  EXPECT_EQ(heard[0].content.reason, refusal::why::unreachable);
  EXPECT_EQ(heard[0].self.host, "x");
  for (const auto* host : {"a", "b"}) {
    const auto said = notices_of<refusal_sent>(host);
    ASSERT_EQ(said.size(), 1u) << host;
    EXPECT_EQ(said[0].refused.who, cluster.life_of("x"));
    EXPECT_GE(said[0].asking_for, failure_timeout);
  }
  cluster.run_for(60s);
  EXPECT_EQ(cluster.count("rejected"), 0) << "the network may be mended";
  EXPECT_LE(notices_of<refusal_received>("x").size(), 6u);
  cluster.heal();
  EXPECT_TRUE(cluster.run_until([this] { return cluster.is_whole(); }, 10s));
}

TEST_F(refusal_story, nobody_is_told_to_be_unreachable_who_only_comes) {
  start_some(20);
  cluster.network = {.loss = 0.2, .doubling = 0.1, .delay_at_least = 1ms, .delay_at_most = 200ms};
  cluster.start("x", {"a", "b"});
  EXPECT_TRUE(cluster.run_until([this] { return cluster.is_whole(); }, 60s));
  EXPECT_EQ(cluster.count("found unreachable"), 0);
}

TEST_F(refusal_story, a_seed_that_is_the_node_itself_is_named_once) {
  cluster.start("a", {"a", "b"});
  cluster.start("b", {"a", "b"});
  cluster.run_for(60s);
  EXPECT_EQ(notices_of<seed_is_self>("a").size(), 1u);
  EXPECT_EQ(notices_of<seed_is_self>("b").size(), 1u);
}

TEST_F(refusal_story, silence_of_a_seed_is_told_after_the_failure_timeout_and_then_rarely) {
  cluster.start("b", {"a"});
  cluster.run_for(failure_timeout - 1ms);
  EXPECT_EQ(cluster.count("seed_silent"), 0);
  cluster.run_for(2ms);
  EXPECT_EQ(cluster.count("seed_silent"), 1);
  cluster.run_for(1h);
  EXPECT_EQ(cluster.count("seed_silent"), 10);
}

// -- at random -----------------------------------------------------------------------------------------

/// What has become of the holder of a name when another node comes with that name.
enum class holder { lives, crashed, vanished };

struct sums {
  int refused = 0;
  int got_in = 0;
  int waited_on = 0;
  int waited_for_seeds = 0;
  int said_by_others = 0;
  int known_by_hearsay = 0; ///< the dead holder, by a seed
};

/// As `run_until`, for a condition that costs much: it is looked at ten times a second.
template <class Condition>
bool holds_within(world& cluster, duration at_most, Condition condition) {
  for (const auto end = cluster.now() + at_most; !condition(); cluster.run_for(100ms))
    if (cluster.now() >= end)
      return false;
  return true;
}

void try_namesake(std::uint64_t seed, sums& met) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_generator chance{seed};
  world cluster{seed};
  if (chance.chance(0.3))
    cluster.network = {.loss = 0.05, .doubling = 0.05, .delay_at_least = 1ms, .delay_at_most = 100ms};
  const auto is_large = seed % 20 == 0;
  const auto size = is_large ? 120 : static_cast<int>(2 + chance.below(20));
  std::vector<std::string> hosts;
  for (auto n = 0; n < size; ++n) {
    hosts.push_back("n" + std::to_string(n));
    cluster.start(hosts.back(), n == 0 ? std::vector<std::string>{} : std::vector{hosts.front()});
  }
  ASSERT_TRUE(holds_within(cluster, 60s, [&] { return cluster.is_calm(); }));
  cluster.run_for(chance.duration_between(1s, 5s));
  const auto what = is_large && chance.chance(0.7) ? holder::vanished : static_cast<holder>(chance.below(3));
  const auto name = hosts.back();
  hosts.pop_back();
  if (what == holder::crashed)
    cluster.crash(name);
  else if (what == holder::vanished)
    cluster.vanish(name);
  cluster.run_for(chance.duration_between(0s, 500ms));
  // Whoever is killed may come back where it was.
  const auto elsewhere = what != holder::crashed || chance.chance(0.5);
  const auto host = elsewhere ? "elsewhere" : name;
  std::vector<std::string> seeds;
  for (auto count = 1 + chance.below(3); count > 0; --count)
    seeds.push_back(hosts[chance.below(hosts.size())]);
  // Whoever has asked in vain for long asks slowly when it is heard.
  const auto waits = what == holder::lives && chance.chance(0.3);
  if (waits)
    for (const auto& seed_host : seeds)
      cluster.cut(host, seed_host);
  cluster.start({name, host, 10'000, seeds});
  if (waits) {
    cluster.run_for(20s);
    cluster.heal();
    ++met.waited_for_seeds;
  }
  if (what == holder::lives) {
    ASSERT_TRUE(cluster.run_until([&] { return cluster.count("refused") > 0; }, 10s));
    const auto heard_at = cluster.now();
    ASSERT_TRUE(cluster.run_until([&] { return cluster.count("rejected") > 0; }, 60s));
    EXPECT_LE(cluster.now() - heard_at, 2 * failure_timeout)
        << "a name that is taken is refused within two failure timeouts";
    EXPECT_GE(cluster.now() - heard_at, failure_timeout) << "and not before its holder may have left";
    EXPECT_EQ(cluster.count("failed"), 0);
    EXPECT_EQ(cluster.notices_of(host).size(), 1u);
    ++met.refused;
  } else {
    const auto is_member_everywhere = [&] {
      return std::ranges::all_of(hosts, [&](const auto& other) {
        return std::ranges::count(cluster.at(other).members(), cluster.life_of(host), &member::who) == 1;
      });
    };
    EXPECT_TRUE(holds_within(cluster, 40s, is_member_everywhere))
        << "a name whose holder is dead becomes free";
    cluster.run_for(10s);
    EXPECT_EQ(cluster.count("rejected"), 0) << "nobody is refused because of a dead node";
    ++met.got_in;
  }
  met.waited_on += cluster.count("waits on");
  met.said_by_others += cluster.count("refuses");
}

/// The holder vanishes, and the only seed of its namesake dies before it has suspected the holder. It comes
/// back to a cluster that still believes in the holder, so it takes the dead one up from others, later than
/// it has refused the namesake first.
void try_namesake_with_a_seed_that_comes_back(std::uint64_t seed, sums& met) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_generator chance{seed};
  world cluster{seed};
  constexpr auto size = 40;
  cluster.start("n0");
  for (auto n = 1; n < size; ++n)
    cluster.start("n" + std::to_string(n), {"n0"});
  ASSERT_TRUE(holds_within(cluster, 60s, [&] { return cluster.is_calm(); }));
  cluster.run_for(chance.duration_between(1s, 5s));
  const auto dead = cluster.life_of("n1");
  cluster.vanish("n1");
  cluster.start({"n1", "elsewhere", 10'000, {"n0"}});
  ASSERT_TRUE(cluster.run_until([&] { return cluster.count("refused") > 0; }, 10s));
  cluster.run_for(times.period / 4);
  cluster.crash("n0");
  cluster.run_for(chance.duration_between(times.period, 2 * times.period));
  cluster.start("n0", {"n2"});
  cluster.run_for(100ms);
  const auto by_hearsay = std::ranges::count(cluster.at("n0").members(), dead, &member::who) == 1;
  met.known_by_hearsay += by_hearsay ? 1 : 0;
  cluster.run_for(40s);
  EXPECT_EQ(cluster.count("rejected"), 0) << "nobody is refused because of a dead node";
  EXPECT_EQ(std::ranges::count(cluster.at("n2").members(), cluster.life_of("elsewhere"), &member::who), 1)
      << "a name whose holder is dead becomes free";
}

TEST(refusals_at_random, are_never_for_the_dead_of_whom_a_seed_knows_by_hearsay) {
  sums met;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    try_namesake_with_a_seed_that_comes_back(seed, met);
  EXPECT_GT(met.known_by_hearsay, 3);
}

TEST(refusals_at_random, are_for_names_whose_holder_lives_and_for_no_others) {
  sums met;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    try_namesake(seed, met);
  EXPECT_GT(met.refused, 50);
  EXPECT_GT(met.got_in, 100);
  EXPECT_GT(met.waited_on, 3) << "only in large clusters, where a silent death is noticed late";
  EXPECT_GT(met.waited_for_seeds, 10);
  EXPECT_GT(met.said_by_others, met.refused);
}

} // namespace
} // namespace chorus::membership::swim
