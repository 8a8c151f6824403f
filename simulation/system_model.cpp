#include "system_model.hpp"

#include <chrono>

namespace chorus::simulation {

using namespace std::chrono_literals;

namespace {

std::string text_of(system_model::link_behaviour links) {
  switch (links) {
  case system_model::link_behaviour::reliable:
    return "reliable";
  case system_model::link_behaviour::fair_loss:
    return "fair-loss";
  case system_model::link_behaviour::arbitrary:
    return "arbitrary";
  }
  return "unknown";
}

std::string text_of(system_model::node_behaviour nodes) {
  switch (nodes) {
  case system_model::node_behaviour::crash_stop:
    return "crash-stop";
  case system_model::node_behaviour::crash_recovery:
    return "crash-recovery";
  case system_model::node_behaviour::byzantine:
    return "byzantine";
  }
  return "unknown";
}

std::string text_of(system_model::timing_behaviour timing) {
  switch (timing) {
  case system_model::timing_behaviour::synchronous:
    return "synchronous";
  case system_model::timing_behaviour::partially_synchronous:
    return "partially synchronous";
  case system_model::timing_behaviour::asynchronous:
    return "asynchronous";
  }
  return "unknown";
}

/// Connections and partitions are no part of reliable links: what is lost in them never arrives.
void add_links(fault_profile& profile, system_model::link_behaviour links) {
  profile.stormy.reordering = 0.05;
  profile.calm.reordering = 0.05;
  if (links == system_model::link_behaviour::reliable)
    return;
  profile.stormy.loss = 0.05;
  profile.stormy.duplication = 0.03;
  profile.faults[fault::connection_reset] = {2s, {}, {}};
  profile.faults[fault::one_way_partition] = {8s, 100ms, 5s};
  profile.faults[fault::two_way_partition] = {10s, 100ms, 5s};
  profile.faults[fault::link_matrix] = {20s, 100ms, 3s};
  if (links == system_model::link_behaviour::arbitrary)
    profile.stormy.corruption = 0.02;
}

void add_nodes(fault_profile& profile, system_model::node_behaviour nodes) {
  profile.faults[fault::crash] = {10s, 100ms, 5s};
  profile.restarts = nodes != system_model::node_behaviour::crash_stop;
  if (!profile.restarts)
    return;
  profile.faults[fault::disk_slow] = {15s, 100ms, 3s};
  profile.faults[fault::disk_full] = {30s, 100ms, 2s};
  if (nodes == system_model::node_behaviour::byzantine)
    profile.liars = 1;
}

void add_timing(fault_profile& profile, system_model::timing_behaviour timing) {
  const delay_range bounded{100us, system_model::bound, 0, system_model::bound};
  const delay_range unbounded{100us, 2ms, 0.4, 10s};
  profile.stormy.delay = bounded;
  profile.calm.delay = bounded;
  if (timing == system_model::timing_behaviour::synchronous)
    return;
  profile.stormy.delay = unbounded;
  if (timing == system_model::timing_behaviour::asynchronous)
    profile.calm.delay = unbounded;
  profile.faults[fault::pause] = {10s, 10ms, 5s};
  profile.faults[fault::slow_node] = {15s, 100ms, 3s};
  profile.faults[fault::clock_fast] = {15s, 1s, 10s};
  profile.faults[fault::clock_slow] = {15s, 1s, 10s};
  profile.faults[fault::clock_jump] = {30s, 10ms, 60s};
}

} // namespace

std::string to_string(const system_model& model) {
  return text_of(model.links) + " links, " + text_of(model.nodes) + " nodes, " + text_of(model.timing)
         + " timing";
}

fault_profile faults_of(const system_model& model) {
  fault_profile profile;
  add_links(profile, model.links);
  add_nodes(profile, model.nodes);
  add_timing(profile, model.timing);
  return profile;
}

} // namespace chorus::simulation
