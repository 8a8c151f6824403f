#include <chorus/runtime/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace chorus {
namespace {

result<int> half_of(int number) {
  if (number % 2 != 0)
    return error{errc::invalid_argument, "odd"};
  return number / 2;
}

TEST(result, holds_a_value_or_the_error_in_its_place) {
  auto good = half_of(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(good.value(), 4);
  EXPECT_EQ(*good, 4);
  auto failed = half_of(7);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.failure(), (error{errc::invalid_argument, "odd"}));
}

TEST(result, gives_away_a_value_that_cannot_be_copied) {
  result<std::unique_ptr<int>> good{std::make_unique<int>(7)};
  std::unique_ptr<int> taken = *std::move(good);
  EXPECT_EQ(*taken, 7);
  EXPECT_EQ(*result<std::unique_ptr<int>>{std::make_unique<int>(8)}.value(), 8);
}

TEST(result, lets_its_value_be_changed_and_read_through) {
  result<std::string> text{std::string{"a"}};
  text->append("b");
  *text += 'c';
  const auto& unchanged = text;
  EXPECT_EQ(*unchanged, "abc");
  EXPECT_EQ(unchanged->size(), 3u);
}

TEST(result_death, comes_of_taking_what_is_not_there) {
  auto failed = half_of(7);
  EXPECT_DEATH(failed.value(), "value\\(\\) of a failed result");
  EXPECT_DEATH(*failed, "value\\(\\) of a failed result");
  auto good = half_of(8);
  EXPECT_DEATH(good.failure(), "failure\\(\\) of a good result");
}

TEST(result_death, comes_of_failing_without_an_error) {
  EXPECT_DEATH(static_cast<void>(result<int>{error{}}), "a failed result needs an error");
}

TEST(error, prints_its_code_and_what_to_do) {
  EXPECT_EQ(to_string(error{errc::too_large, "at most 8 MiB"}), "too_large: at most 8 MiB");
  EXPECT_EQ(to_string(error{errc::overloaded, ""}), "overloaded");
}

TEST(errc, has_a_name_for_each_code) {
  std::set<std::string_view> names;
  constexpr int codes = static_cast<int>(errc::io) + 1;
  for (int code = 0; code < codes; ++code)
    names.insert(to_string(static_cast<errc>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(codes));
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(errc, of_a_later_version_is_unknown) {
  EXPECT_EQ(to_string(static_cast<errc>(255)), "unknown");
}

} // namespace
} // namespace chorus
