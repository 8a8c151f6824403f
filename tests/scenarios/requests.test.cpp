#include "requests_stage.hpp"
#include "transcript.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {

class requests_scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(requests_scenario, goes_as_it_is_written) {
  requests_stage world;
  check_scenario(GetParam(), world.verbs());
}

INSTANTIATE_TEST_SUITE_P(
    files,
    requests_scenario,
    ::testing::ValuesIn(scenarios_in(std::filesystem::path{CHORUS_SCENARIOS} / "requests")),
    [](const auto& file) { return scenario_name(file.param); }
);

} // namespace chorus::testing
