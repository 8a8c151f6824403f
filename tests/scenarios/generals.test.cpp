#include "generals_stage.hpp"
#include "transcript.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {

class generals_scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(generals_scenario, goes_as_it_is_written) {
  generals_stage world;
  check_scenario(GetParam(), world.verbs());
}

INSTANTIATE_TEST_SUITE_P(
    files,
    generals_scenario,
    ::testing::ValuesIn(scenarios_in(std::filesystem::path{CHORUS_SCENARIOS} / "generals")),
    [](const auto& file) { return scenario_name(file.param); }
);

} // namespace chorus::testing
