#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/adversary.hpp>
#include <chorus/simulation/coverage.hpp>
#include <chorus/simulation/fault_profile.hpp>
#include <chorus/simulation/storm.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::simulation {

/// What a campaign tries in each of its worlds: some nodes with a protocol, work for it, checkers.
class trial {
public:
  virtual ~trial() = default;

  /// One piece of work, while everything goes wrong.
  virtual void work(random_generator& chance) = 0;

  /// The storm is over: ask for what the protocol now has to do.
  virtual void settle() {}

  /// Whether everything that was asked for has been done; asked after each event, and may ask for more. If
  /// it is not within the time that the campaign allows after the storm, progress is broken.
  virtual bool is_settled() { return true; }

  /// What is still missing, in words, if it is not settled in time.
  virtual std::string unsettled() const { return "not settled"; }

  /// How often the rare branches of the protocol were taken, at the end of the run.
  virtual void count(coverage& met) const = 0;
};

/// A protocol in many storms: one for each seed.
struct campaign {
  std::string name;
  fault_profile faults;
  duration storm_length{};
  duration settle_within{};
  duration work_every{};
  liar::changer lies = change_bytes;

  /// Every other seed has a mix of its own of these faults (`mixed`); the others have all of them.
  bool mixes = false;

  /// Builds the trial in a new world.
  std::function<std::unique_ptr<trial>(world&)> begin;

  /// What has to happen at least once in all runs together: names of `coverage`.
  std::vector<std::string> expected;

  /// What may happen in a few runs, as a share of all runs together.
  std::vector<share> shares;
};

/// What a run of one seed came to.
struct run_result {
  std::uint64_t seed = 0;
  std::uint64_t events = 0;
  std::vector<planned> plan; ///< all of it, whatever part was run
  std::optional<breach> broken;
  coverage met;
  transcript story{false};
};

/// Which of the plan's items happen: those before `first`, without those in `left_out`. The storm ends at the
/// moment of the last item before `first`, even if that one is left out; without such an item, or with a
/// `first` beyond the plan's size, it takes its whole time.
struct excerpt {
  std::size_t first = static_cast<std::size_t>(-1);
  std::vector<std::size_t> left_out; ///< ascending
};

/// Runs one seed, or a part of its plan.
run_result run(const campaign& what, std::uint64_t seed, bool recorded = false, const excerpt& part = {});

/// The smallest part of a failing run that was found to fail as well.
///
/// First the shortest prefix of its plan, by bisection; then, item by item from the end, whatever can be
/// left out besides. Every step is a run that breaks an invariant, though perhaps another one than the
/// first. At most `limit_of_runs` runs.
struct shrunk {
  excerpt part;
  run_result run; ///< recorded
  std::size_t runs = 0;

  static constexpr std::size_t limit_of_runs = 300;
};

/// Pre: the run of that seed breaks an invariant.
shrunk shrink(const campaign& what, std::uint64_t seed);

/// What a person wants to read of a failing run: the seed, what is broken, what has to happen for it, and
/// the last `lines` lines of the transcript.
std::string report(const campaign& what, const shrunk& failing, std::size_t lines = 120);

/// What all runs of a campaign together came to.
struct campaign_result {
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  coverage met;
  std::optional<std::uint64_t> failing_seed; ///< the smallest one

  /// Adds the result of one run.
  void add(const campaign& what, const run_result& one);
  void merge(const campaign_result& other);

  /// Something was run, no invariant was broken, everything happened that was expected to, and what has to be
  /// rare was rare.
  bool passed() const {
    return runs > 0 && !failing_seed && met.missing().empty() && met.wrong_shares().empty();
  }
};

} // namespace chorus::simulation
