#include "campaigns.hpp"

#include "durable_counter/counter_trial.hpp"
#include "generals/generals_trial.hpp"
#include "handles/handle_trial.hpp"
#include "link/link_trial.hpp"
#include "membership/membership_trial.hpp"
#include "relations/relations_trial.hpp"
#include "requests/linked/linked_request_trial.hpp"
#include "requests/request_trial.hpp"

#include <chorus/simulation/system_model.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace chorus::testing {

using namespace std::chrono_literals;
using simulation::fault;

namespace {

void expect(simulation::campaign& what, const std::vector<std::string>& more) {
  what.expected.insert(what.expected.end(), more.begin(), more.end());
}

/// Twenty seconds of storm with work at every moment, and every other seed with a mix of these faults. All
/// faults and `rare_branches` have to happen.
template <class Trial>
simulation::campaign
storm_of(std::string name, simulation::fault_profile faults, std::vector<std::string> rare_branches) {
  simulation::campaign what;
  what.name = std::move(name);
  what.faults = std::move(faults);
  what.storm_length = 20s;
  what.settle_within = 60s;
  what.work_every = 10ms;
  what.mixes = true;
  what.begin = [](simulation::world& around) { return std::make_unique<Trial>(around); };
  what.expected = std::move(rare_branches);
  expect(what, faults_in(what.faults));
  return what;
}

/// Everything that a fair-loss network and nodes that come back can do to a link, in twenty seconds.
listed_campaign links() {
  simulation::fault_profile faults;
  faults.stormy = {{200us, 5ms, 0.1, 2s}, 0.05, 0.03, 0.03, 0};
  faults.faults = {
      {fault::connection_reset, {700ms, {}, {}}},
      {fault::one_way_partition, {3s, 100ms, 8s}},
      {fault::two_way_partition, {8s, 100ms, 3s}},
      {fault::link_matrix, {8s, 100ms, 3s}},
      {fault::crash, {6s, 1ms, 2s}},
      {fault::pause, {4s, 10ms, 3s}},
      {fault::slow_node, {6s, 100ms, 2s}},
      {fault::clock_fast, {8s, 1s, 5s}},
      {fault::clock_slow, {8s, 1s, 5s}},
      {fault::clock_jump, {15s, 10ms, 10s}},
  };
  return {storm_of<link_trial>("link", std::move(faults), expected_of_links()), 1'500};
}

/// One copy bears everything but a disk that loses or changes what it has answered for.
listed_campaign durable_counters() {
  simulation::fault_profile faults;
  faults.stormy = {{200us, 5ms, 0.1, 2s}, 0.05, 0.05, 0.05, 0};
  faults.faults = {
      {fault::two_way_partition, {5s, 100ms, 8s}},
      {fault::crash, {2s, 1ms, 2s}},
      {fault::pause, {4s, 10ms, 3s}},
      {fault::disk_full, {6s, 10ms, 2s}},
      {fault::disk_slow, {3s, 100ms, 2s}},
  };
  auto what = storm_of<counter_trial>(
      "durable-counter",
      std::move(faults),
      {"answered", "given up", "torn record passed over", "unsynced lost", "torn write"}
  );
  what.settle_within = 30s;
  return {std::move(what), 3'000};
}

/// Half of the worlds have no links, so that tries are lost, doubled and overtake each other; in the other
/// half links carry the calls, are full and end. Nodes forget when they crash.
std::unique_ptr<simulation::trial> requests_with_and_without_links(simulation::world& around) {
  if (around.split_chance().chance(0.5))
    return std::make_unique<linked_request_trial>(around);
  return std::make_unique<request_trial>(around);
}

listed_campaign requests_of_each_semantics() {
  simulation::fault_profile faults;
  faults.stormy = {{200us, 5ms, 0.4, 2s}, 0.1, 0.1, 0.05, 0};
  faults.faults = {
      {fault::two_way_partition, {5s, 100ms, 5s}},
      {fault::one_way_partition, {5s, 100ms, 2s}},
      {fault::connection_reset, {2s, {}, {}}},
      {fault::crash, {3s, 1ms, 2s}},
      {fault::pause, {3s, 10ms, 2s}},
      {fault::slow_node, {6s, 100ms, 2s}},
      {fault::clock_fast, {8s, 1s, 5s}},
      {fault::clock_slow, {8s, 1s, 5s}},
      {fault::clock_jump, {15s, 10ms, 10s}},
  };
  auto what = storm_of<request_trial>("requests", std::move(faults), expected_of_requests());
  what.begin = requests_with_and_without_links;
  expect(what, expected_of_linked_requests());
  what.work_every = 30ms;
  return {std::move(what), 500};
}

/// Everything that can happen to processes and to the network between them, so long that both sides of a
/// partition give up the other. Who is down stays down unless somebody starts it: that is work.
listed_campaign members() {
  simulation::fault_profile faults;
  faults.stormy = {{200us, 5ms, 0.1, 2s}, 0.05, 0.03, 0.05, 0};
  faults.faults = {
      {fault::connection_reset, {2s, {}, {}}},
      {fault::one_way_partition, {5s, 100ms, 15s}},
      {fault::two_way_partition, {20s, 100ms, 30s}},
      {fault::link_matrix, {20s, 100ms, 5s}},
      {fault::crash, {6s, {}, {}}},
      {fault::pause, {5s, 10ms, 15s}},
      {fault::slow_node, {8s, 100ms, 5s}},
      {fault::clock_fast, {10s, 1s, 5s}},
      {fault::clock_slow, {10s, 1s, 5s}},
      {fault::clock_jump, {15s, 10ms, 20s}},
  };
  faults.restarts = false;
  auto what = storm_of<membership_trial>("membership", std::move(faults), expected_of_membership());
  what.storm_length = 40s;
  what.settle_within = 1h; // its checkers have bounds of their own, which depend on the number of nodes
  what.work_every = 1s;
  what.shares = shares_of_membership();
  return {std::move(what), 100};
}

/// Handles, introductions and delegated requests over relations that end at any moment. The channels between
/// the nodes are the trial's own, so nothing else goes wrong.
listed_campaign handles_of_actors() {
  auto what = storm_of<handle_trial>("handles", {}, expected_of_handles());
  what.work_every = 2ms;
  what.mixes = false;
  return {std::move(what), 300};
}

/// All that decides in a node, together. Only what may happen to anybody is in the profile; what ends
/// relations is the trial's own work, because it has to know whom it happens to.
listed_campaign relations_of_all() {
  simulation::fault_profile faults;
  faults.stormy = {{200us, 5ms, 0.1, 2s}, 0.02, 0.03, 0.03, 0};
  faults.faults = {{fault::connection_reset, {2s, {}, {}}}};
  faults.restarts = false;
  auto what = storm_of<relations_trial>("relations", std::move(faults), expected_of_relations());
  what.settle_within = 1h; // its checkers have bounds of their own, which depend on the number of nodes
  what.work_every = 15ms;
  what.shares = shares_of_relations();
  return {std::move(what), 700};
}

/// One battle: a synchronous world with reliable links, in which nothing goes wrong but that some lie.
template <class Trial>
listed_campaign generals_campaign(std::string name, std::vector<std::string> expected) {
  simulation::fault_profile faults;
  faults.stormy = {{100us, 5ms, 0, 5ms}, 0, 0, 0.1, 0};
  faults.calm = faults.stormy;
  auto what = storm_of<Trial>(std::move(name), std::move(faults), std::move(expected));
  what.storm_length = 500ms;
  what.settle_within = 1s;
  what.mixes = false;
  expect(what, {"equivocation", "forgery", "replay", "a lying commander", "a loyal commander"});
  return {std::move(what), 10'000};
}

listed_campaign oral_messages() {
  return generals_campaign<oral_trial>(
      "oral-messages",
      {"om heard", "om of another battle", "om impossible", "om late", "om duplicates", "om silences"}
  );
}

listed_campaign signed_messages() {
  return generals_campaign<signed_trial>(
      "signed-messages",
      {"sm accepted",
       "sm of another battle",
       "sm impossible",
       "sm late",
       "sm known",
       "sm forged",
       "sm both orders"}
  );
}

} // namespace

const std::vector<listed_campaign>& all_campaigns() {
  static const std::vector<listed_campaign> all{
      links(),
      durable_counters(),
      requests_of_each_semantics(),
      members(),
      handles_of_actors(),
      relations_of_all(),
      oral_messages(),
      signed_messages()};
  return all;
}

const listed_campaign* find_campaign(std::string_view name) {
  const auto& all = all_campaigns();
  auto found = std::ranges::find(all, name, [](const listed_campaign& one) { return one.what.name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace chorus::testing
