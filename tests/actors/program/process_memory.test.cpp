#include "parsed_line.hpp"

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/process_memory.hpp>

#include <gtest/gtest.h>

#include <malloc.h>
#include <set>
#include <vector>

namespace {

/// The parameters of the allocator that were set.
std::vector<int> parameters_set;

} // namespace

/// In place of the C library's.
extern "C" int mallopt(int parameter, int) noexcept {
  parameters_set.push_back(parameter);
  return 1;
}

namespace chorus {
namespace {

class process_memory : public testing::Test {
protected:
  process_memory() {
    parameters_set.clear();
    for (auto* name : {"GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"})
      ::unsetenv(name);
  }

  static std::set<int> touched() { return {parameters_set.begin(), parameters_set.end()}; }
};

TEST_F(process_memory, is_kept_when_the_program_asks_for_it) {
  keep_freed_memory();
  EXPECT_EQ(touched(), (std::set<int>{M_TRIM_THRESHOLD, M_MMAP_THRESHOLD}));
}

TEST_F(process_memory, is_left_to_who_has_tuned_the_allocator) {
  for (auto* name : {"GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"}) {
    variable tuned{name, "1"};
    keep_freed_memory();
    EXPECT_TRUE(touched().empty()) << name;
  }
}

TEST_F(process_memory, is_left_alone_by_nodes) {
  config settings;
  settings.log_level = "off";
  {
    auto node = node::open(settings);
    ASSERT_TRUE(node);
  }
  EXPECT_TRUE(touched().empty());
}

} // namespace
} // namespace chorus
