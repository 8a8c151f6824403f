#include "../actors/temporary_folder.hpp"
#include "../transport/tcp_proxy.hpp"
#include "chat_room.hpp"

#include <chorus/actors/program/exit_code.hpp>

#include <csignal>
#include <fstream>
#include <string_view>

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
           bad{{"--sead", "a:1"}, "did you mean --seed?"},
           bad{{"get", "--seed", "127.0.0.1:1"}, "--seed stands before 'get'"},
           bad{{"--threads", "-1"}, "--threads"},
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
  EXPECT_TRUE(program.logs("CHORUS_SEED: cannot read 'nowhere'"));
}

/// A configuration file in a folder of the test.
class configured : public ::testing::Test {
protected:
  std::string write(std::string_view content) {
    auto path = (folder_.path() / "node.conf").string();
    std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
    return path;
  }

private:
  temporary_folder folder_;
};

TEST_F(configured, program_ends_when_its_file_is_wrong_and_names_the_line) {
  using namespace std::string_view_literals;
  struct bad {
    std::string_view content;
    std::string named;
  };
  for (auto& [content, named] : {
           bad{"name = ada\nsead = ben:1\n", ":2: there is no option 'sead'; did you mean 'seed'?"},
           bad{"# a node\n\n[node]\nname = ada\n", ":3: there are no sections"},
           bad{"failure-timeout = nan\n", ":1: failure-timeout: 'nan' is no number"},
           bad{"\xFF\xFEn\0a\0"sv, ":1: the file begins with the byte order mark"},
           bad{"\x7F"
               "ELF\x02\x01",
               ":1: the byte '\\x7f'"},
       }) {
    auto path = write(content);
    auto program = start_chorusd({"--config", path});
    EXPECT_EQ(program->wait(), code(exit_code::usage)) << named;
    EXPECT_TRUE(program->logs(path + named));
  }
  auto without_file = start_chorusd({"--config", "/nowhere/node.conf"});
  EXPECT_EQ(without_file->wait(), code(exit_code::usage));
  EXPECT_TRUE(without_file->logs("cannot read the configuration file /nowhere/node.conf: No such file"));
}

TEST_F(configured, program_prefers_flags_to_variables_and_variables_to_its_file) {
  auto path =
      write("\xEF\xBB\xBFname = file\r\ncluster = file\r\nlisten = 127.0.0.1:0\r\nleave-within = 0\r\n");
  process program{
      {CHORUS_CHAT_PROGRAM, "--cluster", "flag"},
      {{"CHORUS_CONFIG", path},
       {"CHORUS_CLUSTER", "variable"},
       {"CHORUS_NAME", "variable"},
       {"CHORUS_SEEDS", "a:1"}}};
  EXPECT_TRUE(program.prints("ready variable listening on "));
  EXPECT_TRUE(program.logs(
      "chat: warning: the environment variable CHORUS_SEEDS is not used; did you mean CHORUS_SEED?"
  ));
  auto stranger = start_counter({"--cluster", "band", "--seed", address_of(program), "get"});
  EXPECT_TRUE(stranger->logs("it belongs to cluster 'flag'"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), code(exit_code::success));
}

TEST(exit_codes, a_seed_where_nobody_listens_is_named) {
  auto nowhere = to_string(free_address());
  auto client = start_counter({"--seed", nowhere, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs("no answer from seed " + nowhere + " for "));
  EXPECT_TRUE(client->logs(
      "no seed has answered; is a node running at " + nowhere + "? (" + nowhere
      + ": the connection is refused"
  ));
}

TEST(exit_codes, a_seed_whose_name_does_not_resolve_is_named) {
  auto client = start_counter({"--listen", "*:0", "--seed", "no-such-host.invalid:4000", "get"}); // RFC 2606
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs("the host 'no-such-host.invalid' does not resolve"));
}

TEST(exit_codes, a_seed_that_is_no_node_is_named) {
  tcp_proxy server{free_address()}; // behind which nobody listens, so it hangs up
  auto client = start_counter({"--seed", to_string(server.listening_on()), "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs("the process that listens there does not speak ZeroMQ"));
}

TEST(exit_codes, a_seed_that_stands_still_is_not_called_a_stranger) {
  auto host = start_counter({"--host"});
  const auto seed = address_of(*host);
  host->pause();
  auto client = start_counter({"--seed", seed, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs(seed + ": a process accepts the connection and says nothing; it may be paused"));
}

TEST(exit_codes, a_seed_that_is_the_node_itself_is_named) {
  auto where = to_string(free_address());
  auto client = start_counter({"--listen", where, "--seed", where, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs(where + ": it is this node itself"));
}

TEST(exit_codes, an_address_that_is_every_interface_is_refused) {
  for (const auto* flag : {"--seed", "--advertise"}) {
    auto client = start_counter({flag, "0.0.0.0:4000", "get"});
    EXPECT_EQ(client->wait(), code(exit_code::usage));
    EXPECT_TRUE(client->logs("'0.0.0.0:4000' is every interface of a machine"));
  }
}

TEST(exit_codes, a_node_of_another_cluster_is_told_so) {
  auto host = start_counter({"--host", "--cluster", "choir"});
  auto seed = address_of(*host);
  auto client = start_counter({"--cluster", "band", "--seed", seed, "get"});
  EXPECT_EQ(client->wait(), code(exit_code::unavailable));
  EXPECT_TRUE(client->logs(seed + ": it belongs to cluster 'choir', this node to 'band'"));
  EXPECT_TRUE(client->logs("no answer from seed " + seed));
  EXPECT_TRUE(host->logs("it belongs to cluster 'band', this node to 'choir'"));
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
  EXPECT_TRUE(second->logs("refused: the name 'ben' is taken by node"));
  EXPECT_TRUE(second->logs("Still trying for 1.5 s"));
  EXPECT_TRUE(second->logs("the cluster does not take this node: the name 'ben' is taken by node"));
  EXPECT_TRUE(second->logs("start this node under another name (--name) or stop the other one"));
  EXPECT_TRUE(at("ada").logs("refused node 'ben'"));
  say("ben", 20);
  EXPECT_TRUE(heard("ada", "ben", 20));
}

TEST(unreachable_address, is_said_by_the_node_and_by_its_seed_until_it_is_mended) {
  auto seed = start_chat({"--name", "ada", "--failure-timeout", "1"});
  auto where = address_of(*seed);
  auto nowhere = to_string(free_address());
  auto newcomer =
      start_chat({"--name", "ben", "--seed", where, "--advertise", nowhere, "--failure-timeout", "1"});
  EXPECT_TRUE(seed->logs("refused node 'ben'"));
  EXPECT_TRUE(seed->logs("does not answer at that address, which it advertises"));
  EXPECT_TRUE(newcomer->logs("gets no answer at " + nowhere + ", where this node says that it can be reached")
  );
}

} // namespace
} // namespace chorus::testing
