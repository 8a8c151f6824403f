#include "campaigns.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

/// Runs a campaign over many seeds in several threads; scripts/campaign says how. Exits with 1 if an
/// invariant was broken or something never happened.
namespace {

using namespace chorus;

struct options {
  std::string name;
  std::uint64_t first = 1;
  std::uint64_t seeds = 0;
  unsigned jobs = 1;
  bool shows_story = false;
};

/// The seed that this thread runs; a check that fails ends the whole program, and must not take it along.
thread_local std::uint64_t seed_under_way = 0;

void tell_seed(int signal) {
  std::fprintf(stderr, "campaign: seed %llu did it\n", static_cast<unsigned long long>(seed_under_way));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

simulation::run_result run_one(const simulation::campaign& what, std::uint64_t seed, bool recorded = false) {
  seed_under_way = seed;
  return simulation::run(what, seed, recorded);
}

/// Each job takes the next seed; no seed beyond a failing one is begun.
simulation::campaign_result run_all(const simulation::campaign& what, const options& how) {
  std::atomic<std::uint64_t> next{how.first};
  std::atomic<bool> failed{false};
  std::vector<simulation::campaign_result> parts(how.jobs);
  auto job = [&](simulation::campaign_result& part) {
    while (!failed) {
      auto seed = next++;
      if (seed >= how.first + how.seeds)
        return;
      part.add(what, run_one(what, seed));
      if (part.failing_seed)
        failed = true;
    }
  };
  std::vector<std::thread> threads;
  for (auto& part : parts)
    threads.emplace_back(job, std::ref(part));
  simulation::campaign_result all;
  for (std::size_t place = 0; place < parts.size(); ++place) {
    threads[place].join();
    all.merge(parts[place]);
  }
  return all;
}

int report(const simulation::campaign& what, const simulation::campaign_result& all, double seconds) {
  std::printf(
      "campaign %s: %llu runs, %llu events, %.1f s, %.0f events/s\n%s",
      what.name.c_str(),
      static_cast<unsigned long long>(all.runs),
      static_cast<unsigned long long>(all.events),
      seconds,
      static_cast<double>(all.events) / seconds,
      all.met.table().c_str()
  );
  if (all.failing_seed) {
    seed_under_way = *all.failing_seed;
    std::printf("\n%s", simulation::report(what, simulation::shrink(what, *all.failing_seed)).c_str());
    return 1;
  }
  for (const auto& name : all.met.missing())
    std::printf("never happened: %s; more seeds or other rates are needed\n", name.c_str());
  for (const auto& sentence : all.met.exceeded())
    std::printf("broken: too often in all runs together: %s\n", sentence.c_str());
  return all.passed() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  options how;
  CLI::App arguments{"Runs a campaign of the simulator"};
  arguments.add_option("name", how.name, "which campaign")->required();
  arguments.add_option("--seeds", how.seeds, "how many; without it, the suite's share");
  arguments.add_option("--first", how.first, "the first seed")->capture_default_str();
  arguments.add_option("--jobs", how.jobs, "threads")->check(CLI::Range(1u, 256u))->capture_default_str();
  arguments.add_flag(
      "--story", how.shows_story, "print the whole transcript of the first seed and nothing else"
  );
  CLI11_PARSE(arguments, argc, argv);

  const auto* found = chorus::testing::find_campaign(how.name);
  if (found == nullptr) {
    std::fprintf(stderr, "no campaign has the name '%s'; there are:", how.name.c_str());
    for (const auto& each : chorus::testing::all_campaigns())
      std::fprintf(stderr, " %s", each.what.name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  std::signal(SIGABRT, tell_seed);
  if (how.shows_story) {
    auto result = run_one(found->what, how.first, true);
    std::fputs(result.story.tail(result.story.lines().size()).c_str(), stdout);
    return result.broken ? 1 : 0;
  }
  if (how.seeds == 0)
    how.seeds = found->seeds;
  auto begin = std::chrono::steady_clock::now();
  auto all = run_all(found->what, how);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return report(found->what, all, took.count());
}
