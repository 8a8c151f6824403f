#include "stage.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/system_model.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace chorus::testing {
namespace {

using simulation::fault;
using simulation::system_model;
using links = system_model::link_behaviour;
using nodes = system_model::node_behaviour;
using timing = system_model::timing_behaviour;

/// What became of what was said.
struct traffic {
  struct packet {
    time_point said;
    bool is_calm = false; ///< said after the storm, when nothing of the storm was under way any more
    int times_heard = 0;
    duration longest{};
  };

  std::map<std::string, packet> packets; ///< by text
  std::uint64_t strange = 0;             ///< texts that nobody has said
  std::size_t down_at_end = 0;

  duration longest(bool is_calm) const {
    duration result{};
    for (const auto& [text, each] : packets)
      if (each.is_calm == is_calm)
        result = std::max(result, each.longest);
    return result;
  }

  /// How many packets were heard that often.
  std::size_t heard(int times) const {
    return static_cast<std::size_t>(std::ranges::count_if(packets, [times](const auto& each) {
      return each.second.times_heard == times;
    }));
  }
};

/// Says numbered things to others, and writes each to its disk.
class talker final : public simulation::process {
public:
  talker(simulation::node& at, traffic& all) : node_(at), all_(all) {
    at.on_persisted([](persist_token) {});
  }

  void say(const peer& to, bool is_calm) {
    auto text = "packet " + std::to_string(all_.packets.size());
    all_.packets[text] = {node_.around().now(), is_calm};
    node_.network().send(to, {bytes_of(text), {}});
    node_.store().persist(persist_token{1}, bytes_of(text));
  }

  void receive(const peer&, const shared_bytes& head, const shared_bytes&) override {
    auto found = all_.packets.find(std::string{as_text(head.view())});
    if (found == all_.packets.end()) {
      ++all_.strange;
      return;
    }
    ++found->second.times_heard;
    found->second.longest = node_.around().now() - found->second.said;
  }

private:
  simulation::node& node_;
  traffic& all_;
};

/// Four talkers; when the storm is over and has drained away, they say some more.
class talk final : public simulation::trial {
public:
  talk(simulation::world& around, traffic& all) : around_(around), all_(all) {
    for (simulation::node_index each = 0; each < 4; ++each)
      around.add_node(simulation::node_name(each), [&all](simulation::node& at) {
        return std::make_unique<talker>(at, all);
      });
    for (simulation::node_index each = 0; each < 4; ++each)
      around.at(each).start();
  }

  void work(random_generator& chance) override { say(chance.below(4), 1 + chance.below(3), false); }

  bool is_settled() override {
    if (around_.network().under_way() > 0)
      return false;
    if (is_over_)
      return true;
    is_over_ = true;
    for (std::uint64_t number = 0; number < 400; ++number)
      say(number % 4, 1 + number % 3, true);
    for (simulation::node_index each = 0; each < 4; ++each)
      all_.down_at_end += around_.at(each).is_running() ? 0 : 1;
    return false;
  }

  void count(simulation::coverage&) const override {}

private:
  void say(simulation::node_index from, simulation::node_index distance, bool is_calm) {
    auto& sender = around_.at(from);
    if (sender.is_awake())
      static_cast<talker&>(*sender.running()).say(around_.at((from + distance) % 4).self(), is_calm);
  }

  simulation::world& around_;
  traffic& all_;
  bool is_over_ = false;
};

struct outcome {
  traffic all;
  simulation::coverage met;

  std::uint64_t operator[](fault what) const { return met[to_string(what)]; }
};

/// Two minutes of this profile.
outcome talk_under(simulation::fault_profile profile) {
  profile.down_at_most = 2; // so that somebody is left to talk to
  outcome result;
  simulation::campaign what;
  what.name = "talk";
  what.faults = std::move(profile);
  what.storm_length = 120s;
  what.settle_within = 60s;
  what.work_every = 10ms;
  what.begin = [&result](simulation::world& around) { return std::make_unique<talk>(around, result.all); };
  auto run = simulation::run(what, 1);
  EXPECT_FALSE(run.broken) << run.broken->how;
  result.met = run.met;
  return result;
}

outcome talk_under(const system_model& model) {
  return talk_under(simulation::faults_of(model));
}

/// Under which nothing happens but what the links do.
simulation::fault_profile only_links(links kind) {
  auto profile = simulation::faults_of({kind, nodes::crash_stop, timing::synchronous});
  profile.faults.erase(fault::crash);
  return profile;
}

void expect_none(const outcome& result, std::initializer_list<fault> kinds) {
  for (auto kind : kinds)
    EXPECT_EQ(result[kind], 0u) << to_string(kind);
}

void expect_some(const outcome& result, std::initializer_list<fault> kinds) {
  for (auto kind : kinds)
    EXPECT_GT(result[kind], 0u) << to_string(kind);
}

// -- links ---------------------------------------------------------------------------------------------

TEST(reliable_links, let_everything_arrive_once_though_perhaps_out_of_order) {
  auto result = talk_under(only_links(links::reliable));
  EXPECT_GT(result.all.packets.size(), 10'000u);
  EXPECT_EQ(result.all.heard(1), result.all.packets.size());
  EXPECT_EQ(result.all.strange, 0u);
  expect_some(result, {fault::overtaken});
  for (std::size_t kind = 0; kind < simulation::fault_kinds; ++kind)
    if (auto what = static_cast<fault>(kind); what != fault::overtaken)
      expect_none(result, {what});
}

TEST(fair_loss_links, lose_and_double_but_never_alter) {
  auto result = talk_under(only_links(links::fair_loss));
  EXPECT_GT(result.all.heard(0), 0u);
  EXPECT_GT(result.all.heard(2), 0u);
  EXPECT_EQ(result.all.heard(0) + result.all.heard(1) + result.all.heard(2), result.all.packets.size());
  EXPECT_EQ(result.all.strange, 0u);
  expect_some(
      result,
      {fault::lost,
       fault::duplicated,
       fault::overtaken,
       fault::cut_off,
       fault::connection_reset,
       fault::one_way_partition,
       fault::two_way_partition,
       fault::link_matrix}
  );
  expect_none(result, {fault::corrupted});
}

TEST(fair_loss_links, lose_nothing_once_the_storm_is_over) {
  auto result = talk_under(only_links(links::fair_loss));
  for (const auto& [text, packet] : result.all.packets)
    if (packet.is_calm) {
      EXPECT_EQ(packet.times_heard, 1) << text;
    }
}

TEST(arbitrary_links, alter_besides) {
  auto result = talk_under(only_links(links::arbitrary));
  EXPECT_GT(result.all.strange, 0u);
  expect_some(result, {fault::corrupted, fault::lost, fault::duplicated, fault::cut_off});
}

// -- nodes ---------------------------------------------------------------------------------------------

TEST(crash_stop_nodes, never_come_back) {
  auto result = talk_under({links::reliable, nodes::crash_stop, timing::synchronous});
  EXPECT_EQ(result[fault::crash], 2u); // as many as may go down
  EXPECT_EQ(result.all.down_at_end, 2u);
  EXPECT_GT(result.all.heard(0), 0u); // what was sent to the dead
  EXPECT_EQ(result.all.heard(0) + result.all.heard(1), result.all.packets.size());
  expect_none(result, {fault::restart, fault::disk_lost, fault::lost, fault::pause});
  expect_none(result, {fault::equivocation, fault::forgery, fault::replay});
}

TEST(crash_recovery_nodes, come_back_with_what_they_had_on_disk) {
  auto result = talk_under({links::reliable, nodes::crash_recovery, timing::synchronous});
  EXPECT_EQ(result[fault::restart], result[fault::crash]);
  EXPECT_EQ(result.all.down_at_end, 0u);
  expect_some(result, {fault::crash, fault::unsynced_lost, fault::disk_slow, fault::disk_full});
  expect_none(result, {fault::disk_lost, fault::bit_rot, fault::equivocation, fault::forgery, fault::replay});
}

TEST(byzantine_nodes, lie_besides) {
  auto result = talk_under({links::reliable, nodes::byzantine, timing::synchronous});
  EXPECT_GT(result.all.strange, 0u);
  expect_some(result, {fault::equivocation, fault::forgery, fault::replay, fault::crash, fault::restart});
  expect_none(result, {fault::corrupted, fault::lost, fault::duplicated});
}

// -- timing --------------------------------------------------------------------------------------------

constexpr auto bound = system_model::bound;

TEST(synchronous_timing, keeps_its_bound_always) {
  auto result = talk_under({links::fair_loss, nodes::crash_recovery, timing::synchronous});
  EXPECT_GT(result.all.longest(false), bound / 2);
  EXPECT_LE(result.all.longest(false), bound);
  EXPECT_GT(result.all.longest(true), bound / 2);
  EXPECT_LE(result.all.longest(true), bound);
  expect_none(
      result, {fault::pause, fault::slow_node, fault::clock_fast, fault::clock_slow, fault::clock_jump}
  );
}

TEST(partially_synchronous_timing, keeps_its_bound_once_the_storm_is_over) {
  auto result = talk_under({links::fair_loss, nodes::crash_recovery, timing::partially_synchronous});
  EXPECT_GT(result.all.longest(false), 100 * bound);
  EXPECT_GT(result.all.longest(true), bound / 2);
  EXPECT_LE(result.all.longest(true), bound);
  expect_some(
      result, {fault::pause, fault::slow_node, fault::clock_fast, fault::clock_slow, fault::clock_jump}
  );
}

TEST(asynchronous_timing, keeps_no_bound_ever) {
  auto result = talk_under({links::fair_loss, nodes::crash_recovery, timing::asynchronous});
  EXPECT_GT(result.all.longest(false), 100 * bound);
  EXPECT_GT(result.all.longest(true), bound);
  expect_some(
      result, {fault::pause, fault::slow_node, fault::clock_fast, fault::clock_slow, fault::clock_jump}
  );
}

TEST(a_fault_profile, names_what_happens_and_nothing_else_but_what_crashes_do_to_disks) {
  for (auto model :
       {system_model{links::reliable, nodes::crash_stop, timing::synchronous},
        system_model{links::fair_loss, nodes::crash_recovery, timing::partially_synchronous},
        system_model{links::arbitrary, nodes::byzantine, timing::asynchronous}}) {
    auto profile = simulation::faults_of(model);
    profile.faults[fault::bit_rot] = {}; // never
    auto result = talk_under(profile);
    std::set<std::string> named;
    for (const auto& name : faults_in(profile))
      named.insert(name);
    for (std::size_t kind = 0; kind < simulation::fault_kinds; ++kind) {
      auto what = static_cast<fault>(kind);
      if (what == fault::unsynced_lost || what == fault::torn_write)
        continue;
      EXPECT_EQ(named.contains(std::string{to_string(what)}), result[what] > 0) << to_string(what);
    }
  }
}

TEST(a_system_model, says_in_words_what_it_is) {
  EXPECT_EQ(to_string(system_model{}), "fair-loss links, crash-recovery nodes, partially synchronous timing");
  EXPECT_EQ(
      to_string(system_model{links::arbitrary, nodes::byzantine, timing::asynchronous}),
      "arbitrary links, byzantine nodes, asynchronous timing"
  );
  EXPECT_EQ(
      to_string(system_model{links::reliable, nodes::crash_stop, timing::synchronous}),
      "reliable links, crash-stop nodes, synchronous timing"
  );
}

} // namespace
} // namespace chorus::testing
