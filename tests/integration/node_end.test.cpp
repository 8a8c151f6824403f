#include "process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

/// That a process ends when its node does, whatever its actors do.
namespace chorus::testing {
namespace {

std::vector<std::string> ending(const std::string& kind, const std::vector<std::string>& flags = {}) {
  std::vector<std::string> command{CHORUS_ENDING_PROGRAM, kind};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

TEST(process_end, comes_although_handles_outlive_the_node) {
  process node{ending("handles")};
  ASSERT_TRUE(node.prints("ready"));
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), 0);
}

TEST(process_end, comes_although_a_blocking_actor_does_not_listen) {
  process node{ending("deaf", {"--quit-within", "0.2", "--drain-within", "0.2"})};
  ASSERT_TRUE(node.prints("ready"));
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), 0);
  EXPECT_TRUE(node.logs("1 actor has not ended"));
  EXPECT_TRUE(node.logs(" (blocking)"));
}

TEST(process_end, waits_for_a_handler) {
  process node{ending("reader", {"--drain-within", "60"})};
  ASSERT_TRUE(node.prints("ready"));
  ASSERT_TRUE(node.prints("reading"));
  node.signal(SIGTERM);
  ASSERT_TRUE(node.logs("leaving the cluster"));
  node.write("x");
  EXPECT_EQ(node.wait(), 0);
  EXPECT_TRUE(node.prints("read x"));
  EXPECT_TRUE(node.logs("left the cluster"));
}

TEST(process_end, comes_at_once_with_a_second_signal) {
  process node{ending("reader", {"--drain-within", "3600"})};
  ASSERT_TRUE(node.prints("ready"));
  ASSERT_TRUE(node.prints("reading"));
  node.signal(SIGTERM);
  ASSERT_TRUE(node.logs("leaving the cluster"));
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), -SIGTERM);
}

#ifndef __SANITIZE_THREAD__ // which takes threads for lost that run when the process ends
TEST(process_end, comes_although_a_handler_does_not_return) {
  process node{ending("reader", {"--quit-within", "0.2", "--drain-within", "0.2"})};
  ASSERT_TRUE(node.prints("ready"));
  ASSERT_TRUE(node.prints("reading"));
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), 0);
  EXPECT_TRUE(node.logs("leaving although actors are still at work"));
  EXPECT_TRUE(node.logs("1 actor has not ended"));
}
#endif

} // namespace
} // namespace chorus::testing
