#include "chat_room.hpp"

#include <chorus/actors/exit_code.hpp>

#include <csignal>

/// What a shell gets to see of a node.
namespace chorus::testing {
namespace {

int code(exit_code what) {
  return static_cast<int>(what);
}

TEST(exit_codes, help_and_version_are_a_success) {
  auto help = start_counter({"--help"});
  EXPECT_EQ(help->wait(), 0);
  for (const auto* option : {"--host", "--seed", "--listen", "--data-dir", "CHORUS_SEED", "add", "get"})
    EXPECT_TRUE(help->prints(option));
  auto asked_for_version = start_chat({"--version"});
  EXPECT_EQ(asked_for_version->wait(), 0);
  EXPECT_EQ(asked_for_version->output(), process::lines{"chorus " CHORUS_VERSION});
}

TEST(exit_codes, a_flag_that_cannot_be_used_is_named) {
  struct bad {
    arguments flags;
    std::string named;
  };
  for (auto& [flags, named] : {
           bad{{"--nonsense"}, "--nonsense"},
           bad{{"--listen", "nowhere"}, "--listen"},
           bad{{"--seed", "127.0.0.1:0"}, "--seed"},
           bad{{"--failure-timeout", "0"}, "--failure-timeout"},
           bad{{}, "say one of --host, add and get"},
       }) {
    auto program = start_counter(flags);
    EXPECT_EQ(program->wait(), code(exit_code::usage));
    EXPECT_TRUE(program->logs(named));
    EXPECT_TRUE(program->output().empty());
  }
}

TEST(exit_codes, an_address_in_use_is_named_with_what_to_do) {
  auto first = start_counter({"--host"});
  auto where = address_of(*first);
  auto second = start_counter({"--host", "--listen", where});
  EXPECT_EQ(second->wait(), code(exit_code::address_in_use));
  EXPECT_TRUE(second->logs("another program listens on " + where + "; stop it or listen on another port"));
}

TEST(exit_codes, settings_come_from_the_environment_too) {
  process program{{CHORUS_COUNTER_PROGRAM, "get"}, {{"CHORUS_SEED", "nowhere"}}};
  EXPECT_EQ(program.wait(), code(exit_code::usage));
  EXPECT_TRUE(program.logs("nowhere"));
}

TEST(exit_codes, a_seed_where_nobody_listens_is_named) {
  auto nowhere = to_string(free_address());
  auto client = start_counter({"--seed", nowhere, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs("no seed has answered; is a node running at " + nowhere + "?"));
}

TEST(exit_codes, a_node_of_another_cluster_is_told_so) {
  auto host = start_counter({"--host", "--cluster", "choir"});
  auto seed = address_of(*host);
  auto client = start_counter({"--cluster", "band", "--seed", seed, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs(seed + ": it belongs to cluster 'choir', this node to 'band'"));
  EXPECT_TRUE(host->logs("it belongs to another cluster than this node, 'choir'"));
}

TEST(exit_codes, a_counter_that_nobody_hosts_is_not_found) {
  auto somebody = start_chat({"--name", "ada"});
  auto client = start_counter({"--seed", address_of(*somebody), "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs("nobody has announced 'counter'"));
}

using taken_name = chat_room;

TEST_F(taken_name, ends_the_newcomer_and_not_the_one_who_has_it) {
  enter("ada");
  enter("ben");
  auto second = start_chat({"--name", "ben", "--seed", address_of(at("ada")), "--failure-timeout", "1"});
  EXPECT_EQ(second->wait(), code(exit_code::refused));
  EXPECT_TRUE(second->logs("the name 'ben' is taken by"));
  EXPECT_TRUE(second->logs("start this node under another name or stop the other one"));
  say("ben", 20);
  EXPECT_TRUE(heard("ada", "ben", 20));
}

} // namespace
} // namespace chorus::testing
