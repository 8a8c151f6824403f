#include "../../support/seeds.hpp"

#include <chorus/simulation/history/operation_set.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace chorus::simulation {
namespace {

TEST(operation_set, is_the_same_however_it_was_made) {
  operation_set upwards;
  operation_set downwards;
  for (std::size_t i = 0; i < 130; ++i) {
    upwards.insert(i);
    downwards.insert(129 - i);
  }
  EXPECT_EQ(upwards, downwards);
  upwards.erase(64);
  EXPECT_NE(upwards, downwards);
  EXPECT_FALSE(upwards.contains(64));
  EXPECT_TRUE(downwards.includes(upwards));
  EXPECT_FALSE(upwards.includes(downwards));
  upwards.insert(64);
  EXPECT_EQ(upwards, downwards);
}

TEST(operation_set, does_what_a_set_does) {
  testing::for_each_seed(200, [](random_generator& random) {
    operation_set sets[2];
    std::set<std::size_t> naive[2];
    for (int i = 0; i < 400; ++i) {
      auto which = random.below(2);
      auto number = random.below(random.chance(0.5) ? 70 : 200);
      if (random.chance(0.8)) {
        sets[which].insert(number);
        naive[which].insert(number);
      } else {
        sets[which].erase(number);
        naive[which].erase(number);
      }
      ASSERT_EQ(sets[which].contains(number), naive[which].contains(number));
      ASSERT_EQ(sets[0] == sets[1], naive[0] == naive[1]);
      ASSERT_EQ(
          sets[0].includes(sets[1]),
          std::includes(naive[0].begin(), naive[0].end(), naive[1].begin(), naive[1].end())
      );
    }
  });
}

} // namespace
} // namespace chorus::simulation
