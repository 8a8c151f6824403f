#include <chorus/simulation/history/operation_history.hpp>
#include <chorus/simulation/history/specifications.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace chorus::simulation {
namespace {

static_assert(sequential_specification<register_specification>);
static_assert(sequential_specification<counter_specification>);

using registers = register_specification;
using counter = counter_specification;

bool answers(registers::state& now, const registers::input& asked, const registers::output& answer) {
  return registers::step(now, asked, &answer);
}

TEST(register_specification, begins_at_zero_and_reads_what_was_written_last) {
  auto now = registers::initial();
  EXPECT_TRUE(answers(now, registers::read{}, registers::value{0}));
  EXPECT_TRUE(answers(now, registers::write{4}, registers::written{}));
  EXPECT_TRUE(answers(now, registers::read{}, registers::value{4}));
  EXPECT_FALSE(answers(now, registers::read{}, registers::value{0}));
}

TEST(register_specification, sets_only_what_compares) {
  auto now = registers::initial();
  EXPECT_TRUE(answers(now, registers::compare_and_set{1, 2}, registers::compared{false}));
  EXPECT_EQ(now, 0);
  EXPECT_TRUE(answers(now, registers::compare_and_set{0, 2}, registers::compared{true}));
  EXPECT_EQ(now, 2);
  EXPECT_FALSE(answers(now, registers::compare_and_set{2, 3}, registers::compared{false}));
}

TEST(register_specification, does_not_take_the_answer_to_something_else) {
  auto now = registers::initial();
  EXPECT_FALSE(answers(now, registers::read{}, registers::written{}));
  EXPECT_FALSE(answers(now, registers::write{1}, registers::value{1}));
  EXPECT_FALSE(answers(now, registers::compare_and_set{0, 1}, registers::written{}));
}

TEST(register_specification, does_what_nobody_saw_the_answer_of) {
  auto now = registers::initial();
  EXPECT_TRUE(registers::step(now, registers::write{3}, nullptr));
  EXPECT_TRUE(registers::step(now, registers::compare_and_set{3, 5}, nullptr));
  EXPECT_TRUE(registers::step(now, registers::read{}, nullptr));
  EXPECT_EQ(now, 5);
}

TEST(register_specification, only_observes_when_it_reads_or_does_not_set) {
  EXPECT_TRUE(registers::only_observes(registers::read{}, registers::value{1}));
  EXPECT_TRUE(registers::only_observes(registers::compare_and_set{1, 2}, registers::compared{false}));
  EXPECT_FALSE(registers::only_observes(registers::compare_and_set{1, 2}, registers::compared{true}));
  EXPECT_FALSE(registers::only_observes(registers::write{0}, registers::written{}));
}

TEST(register_specification, says_what_it_does) {
  EXPECT_EQ(registers::describe(registers::input{registers::read{}}), "read");
  EXPECT_EQ(registers::describe(registers::input{registers::write{-1}}), "write -1");
  EXPECT_EQ(
      registers::describe(registers::input{registers::compare_and_set{1, 2}}), "compare and set 1 to 2"
  );
  EXPECT_EQ(registers::describe(registers::output{registers::value{3}}), "3");
  EXPECT_EQ(registers::describe(registers::output{registers::written{}}), "done");
  EXPECT_EQ(registers::describe(registers::output{registers::compared{false}}), "not done");
}

TEST(counter_specification, answers_its_value_afterwards) {
  auto now = counter::initial();
  std::int64_t three = 3;
  std::int64_t one = 1;
  EXPECT_TRUE(counter::step(now, {3}, &three));
  EXPECT_FALSE(counter::step(now, {-1}, &one));
  EXPECT_EQ(now, 2);
  EXPECT_TRUE(counter::step(now, {1}, nullptr));
  EXPECT_TRUE(counter::step(now, {0}, &three));
  EXPECT_TRUE(counter::only_observes({0}, 3));
  EXPECT_FALSE(counter::only_observes({1}, 3));
  EXPECT_EQ(counter::describe(counter::input{0}), "get");
  EXPECT_EQ(counter::describe(counter::input{2}), "add 2");
}

TEST(counter_specification, wraps_around) {
  auto now = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(counter::step(now, {1}, nullptr));
  EXPECT_EQ(now, std::numeric_limits<std::int64_t>::min());
}

} // namespace
} // namespace chorus::simulation
