#include "campaigns.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

/// Runs one campaign, or all, over many seeds in several threads; scripts/campaign says how. Exits with 1 if
/// an invariant was broken or something expected never happened.
namespace {

using namespace chorus;

struct options {
  std::string name;
  std::uint64_t first = 1;
  std::uint64_t seeds = 0; ///< 0: each campaign's share of the suite
  std::uint64_t fresh = 0; ///< 0: from `first` on
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

/// A first seed that no run has used before: runs that start in different seconds share none of their first
/// million seeds, and the seeds of the suite are far below.
std::uint64_t draw_first_seed() {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  return static_cast<std::uint64_t>(seconds) * 1'000'000;
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
  for (const auto& sentence : all.met.wrong_shares())
    std::printf("broken: wrong share in all runs together: %s\n", sentence.c_str());
  return all.passed() ? 0 : 1;
}

/// Runs a campaign over the wanted seeds and reports it. Gives the exit code.
int run_and_report(const chorus::testing::listed_campaign& listed, options how) {
  if (how.seeds == 0)
    how.seeds = listed.seeds;
  // Said before the run, so that the seeds are known even if it is killed.
  std::printf(
      "campaign %s: seeds %llu to %llu\n",
      listed.what.name.c_str(),
      static_cast<unsigned long long>(how.first),
      static_cast<unsigned long long>(how.first + how.seeds - 1)
  );
  std::fflush(stdout);
  auto begin = std::chrono::steady_clock::now();
  auto all = run_all(listed.what, how);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return report(listed.what, all, took.count());
}

/// Goes on after a campaign that fails. Gives the exit code of the worst.
int run_every_campaign(const options& how) {
  int worst = 0;
  for (const auto& each : chorus::testing::all_campaigns()) {
    worst = std::max(worst, run_and_report(each, how));
    std::printf("\n");
  }
  return worst;
}

void list_campaigns() {
  for (const auto& each : chorus::testing::all_campaigns())
    std::fprintf(stderr, " %s", each.what.name.c_str());
  std::fprintf(stderr, "\n");
}

int tell_story(const simulation::campaign& what, std::uint64_t seed) {
  auto result = run_one(what, seed, true);
  std::fputs(result.story.tail(result.story.lines().size()).c_str(), stdout);
  return result.broken ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
  options how;
  CLI::App arguments{"Runs a campaign of the simulator"};
  arguments.add_option("name", how.name, "which campaign, or `all`")->required();
  auto* seeds = arguments.add_option("--seeds", how.seeds, "how many; without it, the suite's share");
  auto* first = arguments.add_option("--first", how.first, "the first seed")->capture_default_str();
  auto* fresh =
      arguments.add_option("--fresh", how.fresh, "so many seeds, the first one drawn from the date");
  fresh->check(CLI::Range(1u, 1'000'000u))->excludes(seeds)->excludes(first);
  arguments.add_option("--jobs", how.jobs, "threads")->check(CLI::Range(1u, 256u))->capture_default_str();
  arguments.add_flag(
      "--story", how.shows_story, "print the whole transcript of the first seed and nothing else"
  );
  CLI11_PARSE(arguments, argc, argv);
  if (how.fresh > 0) {
    how.first = draw_first_seed();
    how.seeds = how.fresh;
  }

  std::signal(SIGABRT, tell_seed);
  if (how.name == "all" && !how.shows_story)
    return run_every_campaign(how);
  const auto* found = chorus::testing::find_campaign(how.name);
  if (found == nullptr) {
    std::fprintf(stderr, "campaign: no campaign has the name '%s'; use `all` or one of:", how.name.c_str());
    list_campaigns();
    return 2;
  }
  return how.shows_story ? tell_story(found->what, how.first) : run_and_report(*found, how);
}
