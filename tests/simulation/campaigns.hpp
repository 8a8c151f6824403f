#pragma once

#include <chorus/simulation/campaign.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// A campaign and its share of the suite.
struct listed_campaign {
  simulation::campaign what;
  std::uint64_t seeds = 0; ///< in the suite: from 1 to here
};

/// All campaigns: what goes wrong in them, how often and for how long, and how many seeds the suite runs,
/// so that all of them together take it a few minutes.
const std::vector<listed_campaign>& all_campaigns();

/// Nothing for an unknown name.
const listed_campaign* find_campaign(std::string_view name);

} // namespace chorus::testing
