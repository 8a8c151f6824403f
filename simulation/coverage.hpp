#pragma once

#include <chorus/simulation/fault.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// Of all that `whole` counts, this share may be what `part` counts: at most, for what may happen, but
/// rarely; at least, for a branch that would hardly be tried if it were rarer.
struct share {
  std::string part;
  std::string whole;
  double at_most = 0;            ///< from 0 to 1
  double at_least = 0;           ///< from 0 to 1
  std::uint64_t judged_from = 0; ///< of a smaller `whole` a share says nothing
};

/// How often things happened in one run or in many: faults and the rare branches of a protocol. What was
/// expected and never happened was not tested, whatever the checkers say.
class coverage {
public:
  void add(std::string_view what, std::uint64_t times = 1) { entry(what).times += times; }

  /// Those that happened.
  void add(const fault_counts& faults);

  /// `what` must happen; until it does, it is missing.
  void expect(std::string_view what) { entry(what).expected = true; }

  /// The counts of both are expected to keep it. Nothing of `part` is within any share.
  void expect(share what) { shares_.insert_or_assign(what.part, std::move(what)); }

  void merge(const coverage& other);

  std::uint64_t operator[](std::string_view what) const;

  /// What was expected and never happened, in alphabetical order.
  std::vector<std::string> missing() const;

  /// Shares that are larger or smaller than they may be, a sentence each, in alphabetical order of the parts.
  std::vector<std::string> wrong_shares() const;

  /// Everything with its number, a line each, in alphabetical order.
  std::string table() const;

private:
  struct tally {
    std::uint64_t times = 0;
    bool expected = false;
  };

  tally& entry(std::string_view what);

  std::map<std::string, tally, std::less<>> counts_;
  std::map<std::string, share> shares_; ///< by their part
};

} // namespace chorus::simulation
