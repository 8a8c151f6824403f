#include "../actors/temporary_folder.hpp"
#include "programs.hpp"

#include <csignal>
#include <fstream>

namespace chorus::testing {
namespace {

/// What a node says of itself when it starts: `133aeba1/2`.
struct life {
  std::string node;
  int incarnation = 0;
};

life life_of(process& node) {
  constexpr std::string_view before = "started: ada is ";
  auto line = node.logged_line(" of cluster ");
  auto begin = line.find(before) + before.size();
  auto slash = line.find('/', begin);
  if (slash == std::string::npos)
    return {};
  return {line.substr(begin, slash - begin), std::stoi(line.substr(slash + 1))};
}

struct data_directory : ::testing::Test {
  std::unique_ptr<process> start_host() {
    return start_counter({"--host", "--name", "ada", "--log-level", "info", "--data-dir", folder.path()});
  }

  temporary_folder folder;
};

TEST_F(data_directory, keeps_the_node_and_counts_its_lives_however_they_end) {
  auto host = start_host();
  auto first = life_of(*host);
  EXPECT_FALSE(first.node.empty());
  EXPECT_EQ(start_counter({"--seed", address_of(*host), "get"})->wait(), 0) << "it serves";
  host->signal(SIGTERM);
  EXPECT_EQ(host->wait(), 0);

  host = start_host();
  auto second = life_of(*host);
  EXPECT_EQ(second.node, first.node);
  EXPECT_GT(second.incarnation, first.incarnation);
  host->signal(SIGKILL);
  EXPECT_EQ(host->wait(), -SIGKILL);

  host = start_host();
  auto third = life_of(*host);
  EXPECT_EQ(third.node, first.node);
  EXPECT_GT(third.incarnation, second.incarnation);
}

TEST_F(data_directory, belongs_to_one_process_at_a_time) {
  auto host = start_host();
  EXPECT_TRUE(host->prints("ready"));
  auto other = start_host();
  EXPECT_EQ(other->wait(), 5);
  EXPECT_TRUE(other->logs("another process uses the data directory '" + folder.path().string() + "'"));
  EXPECT_TRUE(other->logs("give each node its own --data-dir"));
}

TEST_F(data_directory, that_is_damaged_is_named_and_left_as_it_is) {
  auto path = folder.path() / "identity";
  std::ofstream{path} << "chorus identity 1\nnonsense\n";
  auto host = start_host();
  EXPECT_EQ(host->wait(), 1);
  EXPECT_TRUE(host->logs("'" + path.string() + "' is damaged; restore it, or delete it"));
  std::string line;
  std::ifstream content{path};
  std::getline(content, line);
  std::getline(content, line);
  EXPECT_EQ(line, "nonsense");
}

} // namespace
} // namespace chorus::testing
