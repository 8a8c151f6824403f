#include "cluster.hpp"

#include <chorus/actors/node.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace chorus {
namespace {

caf::behavior doubler() {
  return {[](std::int64_t number) { return 2 * number; }};
}

class each_policy : public testing::TestWithParam<std::string> {};

TEST_P(each_policy, answers_within_a_node_and_between_nodes) {
  auto choose = [](config& settings) { settings.scheduler = GetParam(); };
  cluster nodes;
  auto& home = nodes.add("home", choose);
  auto& other = nodes.add("other", choose);
  ASSERT_FALSE(home.announce("doubler", home.system().spawn(doubler)));
  for (auto* node : {&home, &other}) {
    auto found = node->find("doubler", patience);
    ASSERT_TRUE(found);
    caf::scoped_actor self{node->system()};
    for (std::int64_t number = 0; number < 100; ++number) {
      std::int64_t answer = -1;
      self->request(*found, patience, number)
          .receive([&](std::int64_t doubled) { answer = doubled; }, [](const caf::error&) {});
      ASSERT_EQ(answer, 2 * number);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(scheduler, each_policy, testing::Values("sharing", "stealing"));

TEST(a_node, does_not_open_with_a_scheduler_policy_that_is_none) {
  config settings;
  settings.log_level = "off";
  settings.scheduler = "borrowing";
  auto opened = node::open(settings);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.failure().code, errc::invalid_argument);
}

} // namespace
} // namespace chorus
