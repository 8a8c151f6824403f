#include "temporary_folder.hpp"

#include <chorus/actors/command_line.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

namespace chorus {
namespace {

/// A command line of its own, with the exit code that ended it or nothing.
struct parsed {
  config settings;
  std::optional<int> exit_code;

  parsed(std::initializer_list<std::string> arguments) {
    CLI::App app{"test"};
    add_options(app, settings);
    std::vector<std::string> words{"test"};
    words.insert(words.end(), arguments);
    std::vector<char*> pointers;
    for (auto& word : words)
      pointers.push_back(word.data());
    exit_code = parse(app, static_cast<int>(pointers.size()), pointers.data());
  }
};

TEST(command_line, leaves_the_defaults_alone) {
  parsed line{};
  EXPECT_FALSE(line.exit_code);
  EXPECT_EQ(line.settings.cluster, "chorus");
  EXPECT_EQ(line.settings.listen, (address{"127.0.0.1", 0}));
  EXPECT_FALSE(line.settings.data_directory);
  EXPECT_EQ(line.settings.failure_timeout, std::chrono::seconds{4});
}

TEST(command_line, reads_every_option) {
  parsed line{
      "--cluster",
      "blue",
      "--name",
      "ada",
      "--listen",
      "*:4000",
      "--advertise",
      "ada.example:4000",
      "--seed",
      "ben:4000",
      "--seed",
      "[::1]:4001",
      "--data-dir",
      "/var/lib/chorus",
      "--role",
      "web,store",
      "--role",
      "seed",
      "--tag",
      "rack=7",
      "--tag",
      "zone=a=b",
      "--app-version",
      "1.2",
      "--failure-timeout",
      "1.5",
      "--leave-within",
      "3",
      "--log-level",
      "debug",
      "--threads",
      "4",
      "--scheduler",
      "stealing",
      "--busy-poll",
      "12.5"};
  EXPECT_FALSE(line.exit_code);
  EXPECT_EQ(line.settings.cluster, "blue");
  EXPECT_EQ(line.settings.name, "ada");
  EXPECT_EQ(line.settings.listen, (address{"*", 4000}));
  EXPECT_EQ(line.settings.advertise, (address{"ada.example", 4000}));
  EXPECT_EQ(line.settings.seeds, (std::vector<address>{{"ben", 4000}, {"::1", 4001}}));
  EXPECT_EQ(line.settings.data_directory, "/var/lib/chorus");
  EXPECT_EQ(line.settings.about.roles, (std::set<std::string>{"web", "store", "seed"}));
  EXPECT_EQ(line.settings.about.tags, (std::map<std::string, std::string>{{"rack", "7"}, {"zone", "a=b"}}));
  EXPECT_EQ(line.settings.about.version, "1.2");
  EXPECT_EQ(line.settings.failure_timeout, std::chrono::milliseconds{1500});
  EXPECT_EQ(line.settings.leave_within, std::chrono::seconds{3});
  EXPECT_EQ(line.settings.log_level, "debug");
  EXPECT_EQ(line.settings.threads, 4u);
  EXPECT_EQ(line.settings.scheduler, "stealing");
  EXPECT_EQ(line.settings.busy_poll, std::chrono::nanoseconds{12'500});
}

TEST(command_line, prefers_flags_to_the_file_and_the_file_to_the_environment) {
  temporary_folder folder;
  auto file = (folder.path() / "node.conf").string();
  std::ofstream{file} << "cluster = \"from-file\"\nname = \"from-file\"\n";
  ::setenv("CHORUS_CLUSTER", "from-environment", 1);
  ::setenv("CHORUS_NAME", "from-environment", 1);
  ::setenv("CHORUS_LOG_LEVEL", "error", 1);
  parsed line{"--config", file, "--cluster", "from-flag"};
  ::unsetenv("CHORUS_CLUSTER");
  ::unsetenv("CHORUS_NAME");
  ::unsetenv("CHORUS_LOG_LEVEL");
  EXPECT_FALSE(line.exit_code);
  EXPECT_EQ(line.settings.cluster, "from-flag");
  EXPECT_EQ(line.settings.name, "from-file");
  EXPECT_EQ(line.settings.log_level, "error");
}

TEST(command_line, reads_several_seeds_from_one_environment_variable) {
  ::setenv("CHORUS_SEED", "ada:1,ben:2", 1);
  parsed line{};
  ::unsetenv("CHORUS_SEED");
  EXPECT_EQ(line.settings.seeds, (std::vector<address>{{"ada", 1}, {"ben", 2}}));
}

TEST(command_line, ends_well_after_help_and_version) {
  EXPECT_EQ(parsed{"--help"}.exit_code, 0);
  EXPECT_EQ(parsed{"--version"}.exit_code, 0);
}

class unusable_option : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(unusable_option, is_refused_with_the_code_for_wrong_usage) {
  auto& words = GetParam();
  auto line = words.size() == 1 ? parsed{words[0]} : parsed{words[0], words[1]};
  EXPECT_EQ(line.exit_code, 2);
}

INSTANTIATE_TEST_SUITE_P(
    examples,
    unusable_option,
    testing::Values(
        std::vector<std::string>{"--unknown"},
        std::vector<std::string>{"--listen", "nowhere"},
        std::vector<std::string>{"--listen", "host:99999"},
        std::vector<std::string>{"--advertise", "*:4000"},
        std::vector<std::string>{"--advertise", "host:0"},
        std::vector<std::string>{"--seed", "host"},
        std::vector<std::string>{"--seed", "host:0"},
        std::vector<std::string>{"--name", ""},
        std::vector<std::string>{"--name", "a name"},
        std::vector<std::string>{"--name", std::string(256, 'x')},
        std::vector<std::string>{"--log-level", "loud"},
        std::vector<std::string>{"--tag", "rack"},
        std::vector<std::string>{"--tag", "=7"},
        std::vector<std::string>{"--role", "two words"},
        std::vector<std::string>{"--failure-timeout", "0"},
        std::vector<std::string>{"--failure-timeout", "soon"},
        std::vector<std::string>{"--threads", "-1"},
        std::vector<std::string>{"--scheduler", "borrowing"},
        std::vector<std::string>{"--busy-poll", "-1"},
        std::vector<std::string>{"--busy-poll", "10001"},
        std::vector<std::string>{"--config", "/nowhere/node.conf"}
    )
);

} // namespace
} // namespace chorus
