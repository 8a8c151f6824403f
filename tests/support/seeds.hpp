#pragma once

#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace chorus::testing {

/// Checks `property(random)` under the seeds 1 to `seeds`; a failure names its seed, and the rest is
/// left out.
template <class Property>
void for_each_seed(std::uint64_t seeds, Property&& property) {
  for (std::uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    random_generator random{seed};
    property(random);
  }
}

} // namespace chorus::testing
