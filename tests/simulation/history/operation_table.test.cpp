#include <chorus/simulation/history/operation_table.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace chorus::simulation {
namespace {

time_point at(std::int64_t nanoseconds) {
  return time_point{duration{nanoseconds}};
}

TEST(operation_table, shows_who_did_what_and_when) {
  std::vector<operation_row> rows{
      {{1}, at(0), at(1'500'000), "write 1 -> done", 1},
      {{12}, at(1'000'001), {}, "write 2 -> ?", {}},
      {{3}, at(20'000'000), at(20'000'001), "read -> 7", {}},
  };
  EXPECT_EQ(
      to_table(rows),
      "place  client    invoked   returned  operation\n"
      "    1  p1       0.000000   1.500000  write 1 -> done\n"
      "    -  p12      1.000001          -  write 2 -> ?\n"
      "    *  p3      20.000000  20.000001  read -> 7\n"
  );
}

TEST(operation_table, leaves_out_what_is_far_from_the_failure) {
  std::vector<operation_row> rows{
      {{1}, at(0), {}, "an open one", {}},
      {{1}, at(0), at(1), "one without a place", {}},
  };
  for (std::size_t place = 1; rows.size() < max_table_rows; ++place)
    rows.push_back({{1}, at(0), at(1), "number " + std::to_string(place) + ".", place});
  auto all = to_table(rows);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), max_table_rows + 1);
  EXPECT_THAT(all, ::testing::HasSubstr("an open one"));

  rows.push_back({{1}, at(0), at(1), "the last one", 99});
  rows.push_back({{1}, at(0), at(1), "another without", {}});
  auto some = to_table(rows);
  EXPECT_THAT(some, ::testing::Not(::testing::HasSubstr("an open one")));
  EXPECT_THAT(some, ::testing::Not(::testing::HasSubstr("number 1.")));
  EXPECT_THAT(some, ::testing::HasSubstr("number 2."));
  EXPECT_THAT(some, ::testing::HasSubstr("one without a place"));
  EXPECT_THAT(some, ::testing::HasSubstr("another without"));
  EXPECT_THAT(some, ::testing::HasSubstr("(2 others left out)"));
}

} // namespace
} // namespace chorus::simulation
