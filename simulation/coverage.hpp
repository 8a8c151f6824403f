#pragma once

#include <chorus/simulation/fault.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::simulation {

/// How often things happened in one run or in many: faults and the rare branches of a protocol. What was
/// expected and never happened was not tested, whatever the checkers say.
class coverage {
public:
  void add(std::string_view what, std::uint64_t times = 1) { entry(what).times += times; }

  /// Those that happened.
  void add(const fault_counts& faults);

  /// `what` must happen; until it does, it is missing.
  void expect(std::string_view what) { entry(what).expected = true; }

  void merge(const coverage& other);

  std::uint64_t operator[](std::string_view what) const;

  /// What was expected and never happened, in alphabetical order.
  std::vector<std::string> missing() const;

  /// Everything with its number, a line each, in alphabetical order.
  std::string table() const;

private:
  struct tally {
    std::uint64_t times = 0;
    bool expected = false;
  };

  tally& entry(std::string_view what);

  std::map<std::string, tally, std::less<>> counts_;
};

} // namespace chorus::simulation
