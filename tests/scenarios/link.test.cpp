#include "link_stage.hpp"
#include "transcript.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {

class link_scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(link_scenario, goes_as_it_is_written) {
  link_stage world;
  check_scenario(GetParam(), world.verbs());
}

INSTANTIATE_TEST_SUITE_P(
    files,
    link_scenario,
    ::testing::ValuesIn(scenarios_in(std::filesystem::path{CHORUS_SCENARIOS} / "link")),
    [](const auto& file) { return scenario_name(file.param); }
);

} // namespace chorus::testing
