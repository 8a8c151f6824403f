#include "programs.hpp"

#include <chorus/runtime/address.hpp>

#include <gtest/gtest.h>

#include <csignal>

/// The counter sample as its README tells it.
namespace chorus::testing {
namespace {

std::unique_ptr<process> start_host(const std::string& name, arguments flags) {
  flags.insert(flags.end(), {"--host", "--name", name});
  return start_counter(std::move(flags));
}

/// Runs one command as a node of its own; what it prints, or why it failed.
std::string ask(const std::string& seed, arguments question) {
  question.insert(question.begin(), {"--seed", seed});
  auto client = start_counter(std::move(question));
  auto code = client->wait();
  if (code != 0)
    return "exit code " + ::testing::PrintToString(code) + ": " + ::testing::PrintToString(client->log());
  auto output = client->output();
  return output.size() == 1 ? output.front() : ::testing::PrintToString(output);
}

TEST(counter_program, counts_for_every_node) {
  auto host = start_host("ada", {});
  auto seed = address_of(*host);
  EXPECT_EQ(ask(seed, {"get"}), "0");
  EXPECT_EQ(ask(seed, {"add", "5"}), "5");
  EXPECT_EQ(ask(seed, {"add"}), "6") << "by one unless told";
  EXPECT_EQ(ask(seed, {"add", "-8"}), "-2");
  EXPECT_EQ(ask(seed, {"get"}), "-2");
  host->signal(SIGTERM);
  EXPECT_EQ(host->wait(), 0);
}

TEST(counter_program, loses_no_increment_of_nodes_that_come_together) {
  auto host = start_host("ada", {});
  auto seed = address_of(*host);
  std::vector<std::unique_ptr<process>> clients;
  for (int i = 0; i < 5; ++i)
    clients.push_back(start_counter({"--seed", seed, "add", "10"}));
  for (auto& client : clients)
    EXPECT_EQ(client->wait(), 0) << ::testing::PrintToString(client->log());
  EXPECT_EQ(ask(seed, {"get"}), "50");
}

TEST(counter_program, begins_at_zero_when_its_host_comes_back_after_a_crash) {
  auto where = to_string(free_address());
  auto host = start_host("ada", {"--listen", where});
  EXPECT_EQ(address_of(*host), where);
  EXPECT_EQ(ask(where, {"add", "7"}), "7");
  host->signal(SIGKILL);
  EXPECT_EQ(host->wait(), -SIGKILL);
  host = start_host("ada", {"--listen", where});
  EXPECT_EQ(address_of(*host), where);
  EXPECT_EQ(ask(where, {"get"}), "0");
}

} // namespace
} // namespace chorus::testing
