#include <chorus/runtime/check.hpp>

#include <gtest/gtest.h>

namespace chorus {
namespace {

TEST(check, lets_a_kept_promise_pass_and_looks_at_it_once) {
  int looks = 0;
  CHORUS_CHECK(++looks == 1, "one look");
  EXPECT_EQ(looks, 1);
}

constexpr int checked_half(int number) {
  CHORUS_CHECK(number % 2 == 0, "even numbers only");
  return number / 2;
}

TEST(check, can_stand_in_a_constant_expression) {
  static_assert(checked_half(8) == 4);
}

TEST(check_death, says_what_was_promised_and_where) {
  EXPECT_DEATH(
      checked_half(7),
      "broken invariant at .*check\\.test\\.cpp:[0-9]+: even numbers only \\(number % 2 == 0\\)"
  );
}

} // namespace
} // namespace chorus
