#include <chorus/runtime/requests/semantics.hpp>

#include <gtest/gtest.h>

namespace chorus::requests {
namespace {

TEST(request_semantics, have_the_names_of_the_literature) {
  EXPECT_EQ(to_string(request_semantics::maybe), "maybe");
  EXPECT_EQ(to_string(request_semantics::at_least_once), "at-least-once");
  EXPECT_EQ(to_string(request_semantics::at_most_once), "at-most-once");
}

} // namespace
} // namespace chorus::requests
