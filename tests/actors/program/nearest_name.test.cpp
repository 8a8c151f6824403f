#include "../../../actors/program/nearest_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chorus {
namespace {

const std::vector<std::string> names{"seed", "name", "data-dir", "failure-timeout", "threads"};

TEST(nearest_name, finds_what_one_letter_makes_different) {
  for (const auto* word : {"seed", "sead", "sed", "seeds", "sede"})
    EXPECT_EQ(nearest_name(word, names), "seed") << word;
}

TEST(nearest_name, allows_long_words_more_than_one_mistake) {
  EXPECT_EQ(nearest_name("failur-timout", names), "failure-timeout");
  EXPECT_EQ(nearest_name("datadir", names), "data-dir");
  EXPECT_EQ(nearest_name("fialure-tiemotu", names), "failure-timeout");
}

TEST(nearest_name, guesses_nothing_where_too_much_is_different) {
  for (const auto& word : {std::string{"node"}, std::string{"sseeed"}, std::string{"x"}, std::string{}})
    EXPECT_EQ(nearest_name(word, names), "") << word;
  EXPECT_EQ(nearest_name("seed", {}), "");
}

TEST(nearest_name, does_not_look_at_words_that_nobody_has_typed) {
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'x'), names), "");
}

} // namespace
} // namespace chorus
