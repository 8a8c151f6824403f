#pragma once

#include <chorus/simulation/history/violation.hpp>

#include <string>
#include <vector>

namespace chorus::testing {

/// The names of the invariants that are broken, in the order of the report.
inline std::vector<std::string> invariants(const std::vector<simulation::violation>& found) {
  std::vector<std::string> names;
  for (const auto& each : found)
    names.push_back(each.invariant);
  return names;
}

} // namespace chorus::testing
