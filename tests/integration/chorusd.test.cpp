#include "../actors/temporary_folder.hpp"
#include "programs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

/// Real processes that come, pause, are killed and come back, as bare nodes see it.
namespace chorus {
namespace {

using namespace chorus::testing;

class bare_nodes : public ::testing::Test {
protected:
  /// Starts a node and waits until all that run know it and it knows them.
  process& start(const std::string& name, arguments flags = {}) {
    auto& where = addresses_.try_emplace(name, free_address()).first->second;
    flags.insert(flags.end(), {"--name", name, "--listen", to_string(where)});
    for (auto& [other, program] : nodes_)
      flags.insert(flags.end(), {"--seed", to_string(addresses_.at(other))});
    auto& fresh = *(nodes_[name] = start_chorusd(std::move(flags)));
    EXPECT_TRUE(fresh.logs("started: " + name + ' '));
    for (auto& [other, program] : nodes_) {
      if (other == name)
        continue;
      EXPECT_TRUE(program->logs("joined: " + name + ' ')) << other;
      EXPECT_TRUE(fresh.logs("joined: " + other + ' ')) << other;
    }
    return fresh;
  }

  process& at(const std::string& name) { return *nodes_.at(name); }

  void start_three(const std::string& failure_timeout) {
    for (const auto* name : {"ada", "ben", "cleo"})
      start(name, {"--failure-timeout", failure_timeout});
  }

  void others_log(const std::string& text) {
    for (const auto* name : {"ada", "ben"})
      EXPECT_TRUE(at(name).logs(text)) << name;
  }

  static std::ptrdiff_t count(process& node, const std::string& text) {
    auto log = node.log();
    return std::ranges::count_if(log, [&](auto& line) { return line.find(text) != std::string::npos; });
  }

  std::map<std::string, address> addresses_;
  std::map<std::string, std::unique_ptr<process>> nodes_;
};

TEST_F(bare_nodes, refuse_a_second_process_with_a_copied_data_directory) {
  temporary_folder folder;
  auto original = folder.path() / "original";
  auto copy = folder.path() / "copy";
  start("ada", {"--failure-timeout", "10"});
  start("ben", {"--failure-timeout", "10", "--data-dir", original.string()});
  std::filesystem::create_directory(copy);
  std::filesystem::copy_file(original / "identity", copy / "identity");
  auto second = start_chorusd(
      {"--failure-timeout",
       "10",
       "--name",
       "copy",
       "--data-dir",
       copy.string(),
       "--seed",
       to_string(addresses_.at("ada"))}
  );
  EXPECT_EQ(second->wait(), 6);
  EXPECT_TRUE(second->logs("another process runs with the node id of this one"));
  EXPECT_TRUE(at("ada").logs("its node id is that of node 'ben'"));

  start("cleo", {"--failure-timeout", "10"}); // whom ben meets as if nothing had happened
  for (const auto* name : {"ada", "ben"})
    for (const auto* end : {"failed: ", "restarted: ", "unreachable: ", "ended by peer: "})
      EXPECT_EQ(count(at(name), end), 0) << name;
  at("ben").signal(SIGTERM);
  EXPECT_EQ(at("ben").wait(), 0);
  EXPECT_TRUE(at("ada").logs("left: ben "));
}

TEST_F(bare_nodes, tell_who_joins_and_who_leaves) {
  start_three("60");
  at("cleo").signal(SIGTERM);
  EXPECT_EQ(at("cleo").wait(), 0);
  others_log("left: cleo ");
  EXPECT_EQ(count(at("ada"), "failed: ") + count(at("ada"), "suspected: "), 0);
  for (const auto* name : {"ada", "cleo"})
    EXPECT_EQ(count(at("ben"), "joined: " + std::string{name}), 1) << name;
  EXPECT_EQ(count(at("ben"), "joined: ben"), 0) << "it is no other";
  for (const auto* name : {"ada", "ben", "cleo"})
    EXPECT_EQ(count(at(name), " warning ") + count(at(name), " error "), 0) << name << ": nothing went wrong";
}

TEST_F(bare_nodes, leave_when_their_terminal_is_closed) {
  start_three("60");
  at("cleo").signal(SIGHUP);
  EXPECT_EQ(at("cleo").wait(), 0);
  others_log("left: cleo ");
}

TEST_F(bare_nodes, that_ignore_the_end_of_their_terminal_go_on) {
  process ada{
      {"/bin/sh",
       "-c",
       R"(trap "" HUP && exec "$0" "$@")",
       CHORUS_CHORUSD_PROGRAM,
       "--name",
       "ada",
       "--listen",
       to_string(addresses_.emplace("ada", free_address()).first->second)}};
  EXPECT_TRUE(ada.logs("started: ada "));
  ada.signal(SIGHUP);
  auto ben = start_chorusd({"--seed", to_string(addresses_.at("ada"))});
  EXPECT_TRUE(ben->logs("joined: ada "));
  ada.signal(SIGTERM);
  EXPECT_EQ(ada.wait(), 0);
}

TEST_F(bare_nodes, tell_who_was_killed_and_who_says_so) {
  start_three("20"); // nobody is suspected for being slow
  at("cleo").signal(SIGKILL);
  others_log("failed: cleo ");
  EXPECT_NE(
      at("ada").logged_line("suspected: cleo ").find("its address refused a connection from "),
      std::string::npos
  );
  EXPECT_NE(at("ada").logged_line("failed: cleo ").find(" warning "), std::string::npos);
  EXPECT_EQ(count(at("ada"), "failed: "), 1);
}

TEST_F(bare_nodes, tell_who_comes_back_with_its_identity) {
  temporary_folder folder;
  start("ada");
  start("ben");
  arguments with_identity{"--data-dir", folder.path()};
  start("cleo", with_identity);
  at("cleo").signal(SIGKILL);
  others_log("failed: cleo ");
  start("cleo", with_identity);
  others_log("rejoined: cleo ");
}

TEST_F(bare_nodes, take_one_back_that_starts_again_before_anybody_has_noticed) {
  temporary_folder folder;
  arguments with_identity{"--data-dir", folder.path()};
  start("ada");
  start("ben");
  start("cleo", with_identity);
  at("cleo").signal(SIGKILL);
  ASSERT_EQ(at("cleo").wait(), -SIGKILL);
  start("cleo", with_identity);
  others_log("rejoined: cleo ");
}

TEST_F(bare_nodes, wait_for_one_that_is_paused) {
  start_three("12");
  at("cleo").pause();
  others_log("suspected: cleo ");
  at("cleo").resume();
  others_log("trusted again: cleo ");
  start("dora");
  for (const auto* name : {"ada", "ben", "cleo"})
    EXPECT_EQ(count(at(name), "failed: "), 0) << name;
}

TEST_F(bare_nodes, forget_one_that_is_silent_and_take_it_back) {
  start_three("4");
  at("cleo").pause();
  others_log("suspected: cleo ");
  others_log("failed: cleo ");
  at("cleo").resume();
  others_log("rejoined: cleo ");
  EXPECT_TRUE(at("cleo").logs("2 of 2 members say that this node has failed"));
  EXPECT_TRUE(at("cleo").logs("rejoined: ada ")) << "which went on";
  EXPECT_EQ(count(at("cleo"), "ended by peer: ada ") + count(at("cleo"), "failed: ada "), 1);
  EXPECT_EQ(count(at("ada"), "failed: ben ") + count(at("ben"), "failed: ada "), 0);
}

} // namespace
} // namespace chorus
