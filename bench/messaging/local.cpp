#include "local.hpp"

#include "results.hpp"
#include "senders.hpp"
#include "server.hpp"

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/program/process_memory.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

namespace chorus::bench {

namespace {

/// Messages per second.
result<double> rate_on(caf::actor_system& system, const workload& what) {
  auto nothing_lost = [] { return std::uint64_t{0}; };
  auto seen = run(system, {spawn_server(system), {}, what, nothing_lost, [](const caf::actor&) {}});
  if (!seen)
    return seen.failure();
  if (!is_faultless(what, *seen))
    return error{errc::io, "messages between actors of one process were lost"};
  return rate_of(*seen);
}

/// No policy: the one that CAF chooses by itself.
result<double> rate_on_caf(const workload& what, caf::atom_value policy = {}) {
  caf::actor_system_config settings;
  if (policy != caf::atom_value{})
    settings.set("scheduler.policy", policy);
  caf::actor_system system{settings};
  system.await_actors_before_shutdown(false); // the server serves for ever
  return rate_on(system, what);
}

result<double> rate_on_node(const workload& what, const std::string& scheduler) {
  config settings;
  settings.name = "local";
  settings.scheduler = scheduler;
  settings.log_level = "error";
  keep_freed_memory();
  auto here = node::open(std::move(settings));
  if (!here)
    return here.failure();
  return rate_on(here->system(), what);
}

double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

/// By round.
struct rates {
  std::vector<double> caf;
  std::vector<double> caf_sharing;
  std::vector<double> node;
};

void print_line(const char* system, const std::vector<double>& seen, const std::vector<double>& node) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < seen.size(); ++i)
    ratios.push_back(node[i] / seen[i]);
  std::printf("R system=%s rate=%.1f node_to_this=%.3f\n", system, median(seen), median(std::move(ratios)));
}

result<rates> measure(const workload& what, std::size_t rounds, const std::string& scheduler) {
  rates seen;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto caf = rate_on_caf(what);
    auto caf_sharing = rate_on_caf(what, caf::atom("sharing"));
    auto node = rate_on_node(what, scheduler);
    for (const auto* one : {&caf, &caf_sharing, &node}) {
      if (!*one)
        return one->failure();
    }
    seen.caf.push_back(*caf);
    seen.caf_sharing.push_back(*caf_sharing);
    seen.node.push_back(*node);
  }
  return seen;
}

} // namespace

int run_local(const workload& what, std::size_t rounds, const std::string& scheduler) {
  auto seen = measure(what, rounds, scheduler);
  if (!seen)
    return report_failure("messaging", seen.failure());
  print_line("caf", seen->caf, seen->node);
  print_line("caf_sharing", seen->caf_sharing, seen->node);
  print_line("node", seen->node, seen->node);
  return 0;
}

} // namespace chorus::bench
