#include "programs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

/// Processes that may have few file descriptors.
namespace chorus {
namespace {

using namespace chorus::testing;

std::unique_ptr<process> start_with(std::size_t limit, const std::string& program, arguments flags) {
  arguments command{"/bin/sh", "-c", "ulimit -n " + std::to_string(limit) + R"( && exec "$0" "$@")", program};
  command.insert(command.end(), flags.begin(), flags.end());
  return std::make_unique<process>(std::move(command));
}

/// The limit that a node says it needs.
std::size_t needed_by(process& node) {
  constexpr std::string_view before = "a limit of at least ";
  auto line = node.logged_line(before.data());
  auto place = line.find(before);
  return place == std::string::npos ? 0 : std::stoul(line.substr(place + before.size()));
}

TEST(scarce_descriptors, keep_a_node_from_starting_and_it_says_how_many_it_needs) {
  std::size_t needed = 0;
  for (std::size_t limit : {8, 12, 16, 40}) {
    auto node = start_with(limit, CHORUS_CHORUSD_PROGRAM, {});
    EXPECT_EQ(node->wait(), 1) << limit;
    EXPECT_TRUE(node->logs("may have " + std::to_string(limit) + " file descriptors"));
    needed = needed_by(*node);
    EXPECT_GT(needed, limit);
  }
  auto too_few = start_with(needed - 1, CHORUS_CHORUSD_PROGRAM, {});
  EXPECT_EQ(too_few->wait(), 1);
  auto enough = start_with(needed, CHORUS_COUNTER_PROGRAM, {"--host"});
  EXPECT_TRUE(enough->prints("ready "));
  enough->signal(SIGTERM);
  EXPECT_EQ(enough->wait(), 0);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t nodes = 12;
constexpr std::size_t descriptors = 96;
#else
constexpr std::size_t nodes = 45;
constexpr std::size_t descriptors = 256;
#endif

/// Connections between all of them would take half as many again as there are.
TEST(scarce_descriptors, are_enough_for_more_nodes_than_can_all_be_connected) {
  auto flags = [](arguments more) {
    more.insert(more.begin(), {"--failure-timeout", "60"}); // so many processes on a busy machine
    return more;
  };
  auto host = start_with(
      descriptors,
      CHORUS_COUNTER_PROGRAM,
      flags({"--host", "--name", "host", "--listen", "127.0.0.1:0", "--log-level", "info"})
  );
  auto seed = address_of(*host);
  std::vector<std::unique_ptr<process>> others;
  for (std::size_t i = 1; i < nodes; ++i)
    others.push_back(start_with(
        descriptors, CHORUS_CHORUSD_PROGRAM, flags({"--name", "n" + std::to_string(i), "--seed", seed})
    ));
  EXPECT_TRUE(host->logs("joined: ", nodes - 1));
  for (auto& each : others)
    EXPECT_TRUE(each->logs("joined: ", nodes - 1));
  EXPECT_TRUE(host->logs("too few file descriptors (" + std::to_string(descriptors) + ")"));
  // A newcomer is served.
  auto client = start_counter(flags({"--seed", seed, "add", "1"}));
  EXPECT_EQ(client->wait(), 0);
  EXPECT_EQ(client->output(), process::lines{"1"});
  auto log = host->log();
  EXPECT_TRUE(std::ranges::none_of(log, [](auto& line) { return line.find("failed: ") != std::string::npos; })
  );
  for (auto& each : others)
    each->signal(SIGTERM);
  for (auto& each : others)
    EXPECT_EQ(each->wait(), 0);
  host->signal(SIGTERM);
  EXPECT_EQ(host->wait(), 0);
}

} // namespace
} // namespace chorus
