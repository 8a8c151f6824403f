#include <chorus/simulation/history/operation_history.hpp>
#include <chorus/simulation/history/specifications.hpp>

#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

using history = operation_history<counter_specification>;

time_point at(std::int64_t nanoseconds) {
  return time_point{duration{nanoseconds}};
}

TEST(operation_history, orders_what_happens_at_one_time_as_it_is_recorded) {
  history all;
  auto first = all.invoke({1}, "x", {1}, at(5));
  all.answered(first, 1, at(5));
  all.invoke({2}, "x", {1}, at(5));
  EXPECT_LT(all.operations()[0].invoked, all.operations()[0].returned);
  EXPECT_LT(all.operations()[0].returned, all.operations()[1].invoked);
  EXPECT_EQ(all.operations()[1].returned, history::never);
}

TEST(operation_history, keeps_open_operations_and_marks_refused_ones) {
  history all;
  all.invoke({1}, "x", {1}, at(1));
  all.refused(all.invoke({1}, "x", {1}, at(2)));
  ASSERT_EQ(all.operations().size(), 2u);
  EXPECT_FALSE(all.operations()[0].refused);
  EXPECT_TRUE(all.operations()[1].refused);
}

TEST(operation_history, is_recorded_forwards_and_ends_an_operation_once) {
  history all;
  auto answered = all.invoke({1}, "x", {1}, at(2));
  EXPECT_DEATH(all.invoke({1}, "x", {1}, at(1)), "order in which things happen");
  EXPECT_DEATH(all.answered(answered.next(), 1, at(2)), "not invoked");
  all.answered(answered, 1, at(2));
  EXPECT_DEATH(all.answered(answered, 1, at(2)), "ends once");
  EXPECT_DEATH(all.refused(answered), "ends once");
}

} // namespace
} // namespace chorus::simulation
