#include "parsed_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace chorus {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(command_line, leaves_the_defaults_alone) {
  parsed_line line{{}};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(line.settings.cluster, "chorus");
  EXPECT_EQ(line.settings.listen, (address{"127.0.0.1", 0}));
  EXPECT_FALSE(line.settings.data_directory);
  EXPECT_EQ(line.settings.failure_timeout, std::chrono::seconds{4});
}

TEST(command_line, reads_every_option) {
  parsed_line line{
      {"--cluster",
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
       "--drain-within",
       "4",
       "--quit-within",
       "0.5",
       "--log-level",
       "debug",
       "--threads",
       "4",
       "--scheduler",
       "stealing",
       "--busy-poll",
       "12.5"}};
  EXPECT_TRUE(line.usable());
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
  EXPECT_EQ(line.settings.drain_within, std::chrono::seconds{4});
  EXPECT_EQ(line.settings.quit_within, std::chrono::milliseconds{500});
  EXPECT_EQ(line.settings.log_level, "debug");
  EXPECT_EQ(line.settings.threads, 4u);
  EXPECT_EQ(line.settings.scheduler, "stealing");
  EXPECT_EQ(line.settings.busy_poll, std::chrono::nanoseconds{12'500});
}

TEST(command_line, prefers_flags_to_variables_and_variables_to_the_file) {
  config_file file{"cluster = from-file\nname = from-file\nlog-level = warn\n"};
  variable cluster{"CHORUS_CLUSTER", "from-variable"};
  variable name{"CHORUS_NAME", "from-variable"};
  parsed_line line{{"--config", file.path(), "--cluster", "from-flag"}};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(line.settings.cluster, "from-flag");
  EXPECT_EQ(line.settings.name, "from-variable");
  EXPECT_EQ(line.settings.log_level, "warn");
}

TEST(command_line, replaces_a_list_of_a_weaker_source_as_a_whole) {
  config_file file{"seed = ada:1, ben:2\nrole = web\ntag = rack=7\n"};
  variable roles{"CHORUS_ROLE", "store"};
  parsed_line line{{"--config", file.path(), "--seed", "cleo:3"}};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(line.settings.seeds, (std::vector<address>{{"cleo", 3}}));
  EXPECT_EQ(line.settings.about.roles, (std::set<std::string>{"store"}));
  EXPECT_EQ(line.settings.about.tags, (std::map<std::string, std::string>{{"rack", "7"}}));
}

TEST(command_line, reads_several_values_between_commas_and_passes_over_empty_ones) {
  variable seeds{"CHORUS_SEED", "ada:1, ben:2,"};
  EXPECT_EQ(parsed_line{{}}.settings.seeds, (std::vector<address>{{"ada", 1}, {"ben", 2}}));
  EXPECT_TRUE((parsed_line{{"--seed", ","}}.refused_with("--seed: it has no value")));
}

TEST(command_line, takes_an_empty_variable_as_unset) {
  config_file file{"name = ada\n"};
  variable name{"CHORUS_NAME", ""};
  variable seeds{"CHORUS_SEED", ""};
  parsed_line line{{"--config", file.path()}};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(line.settings.name, "ada");
}

TEST(command_line, finds_the_file_by_a_variable_too) {
  config_file file{"name = ada\n"};
  config_file other{"name = ben\n"};
  variable path{"CHORUS_CONFIG", file.path()};
  EXPECT_EQ(parsed_line{{}}.settings.name, "ada");
  EXPECT_EQ((parsed_line{{"--config", other.path()}}.settings.name), "ben");
}

TEST(command_line, names_the_flag_or_the_variable_that_a_wrong_value_came_from) {
  EXPECT_TRUE((parsed_line{{"--seed", "nowhere"}}.refused_with("--seed: cannot read 'nowhere'")));
  variable seeds{"CHORUS_SEED", "nowhere"};
  EXPECT_TRUE((parsed_line{{}}.refused_with("CHORUS_SEED: cannot read 'nowhere'")));
  EXPECT_TRUE((parsed_line{{"--seed", "ada:1"}}.usable()));
}

TEST(command_line, refuses_two_values_for_an_option_that_has_one) {
  EXPECT_TRUE((parsed_line{{"--name", "ada", "--name", "ben"}}.refused_with("--name: it is given 2 times")));
  EXPECT_TRUE((parsed_line{{"--tag", "a=1", "--tag", "a=2"}}.refused_with("the tag 'a' is given twice")));
  config_file file{"name = ada\n"};
  parsed_line line{{"--config", file.path(), "--config", file.path()}};
  EXPECT_TRUE(line.refused_with("--config: it is given 2 times"));
}

TEST(command_line, warns_of_variables_that_look_misspelt) {
  variable seeds{"CHORUS_SEEDS", "ada:1"};
  variable level{"CHORUS_LOGLEVEL", "debug"};
  variable empty{"CHORUS_NAMES", ""};
  variable of_an_orchestrator{"CHORUS_SERVICE_HOST", "10.0.0.1"};
  variable of_another_orchestrator{"CHORUS_PORT", "tcp://10.0.0.1:80"};
  parsed_line line{{}};
  EXPECT_TRUE(line.usable());
  EXPECT_THAT(
      line.errors,
      HasSubstr("test: warning: the environment variable CHORUS_SEEDS is not used; did you mean CHORUS_SEED?")
  );
  EXPECT_THAT(
      line.errors,
      HasSubstr("the environment variable CHORUS_LOGLEVEL is not used; did you mean CHORUS_LOG_LEVEL?")
  );
  EXPECT_THAT(line.errors, Not(HasSubstr("CHORUS_NAMES")));
  EXPECT_THAT(line.errors, Not(HasSubstr("CHORUS_SERVICE_HOST")));
  EXPECT_THAT(line.errors, Not(HasSubstr("CHORUS_PORT")));
}

TEST(command_line, says_which_flag_may_have_been_meant) {
  EXPECT_TRUE(
      (parsed_line{{"--sead", "ada:1"}}.refused_with("not expected: --sead ada:1; did you mean --seed?"))
  );
  EXPECT_TRUE((parsed_line{{"--nmae=ada"}}.refused_with("did you mean --name?")));
  auto with_subcommand = [](CLI::App& app) { app.add_subcommand("get", "Gets"); };
  parsed_line line{{"get", "--seed", "ada:1"}, {}, with_subcommand};
  EXPECT_TRUE(line.refused_with("--seed stands before 'get'"));
}

TEST(command_line, gives_help_whatever_else_is_wrong) {
  variable seeds{"CHORUS_SEED", "nowhere"};
  parsed_line line{{"--help", "--config", "/nowhere/node.conf"}};
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_EQ(line.errors, "");
  for (const auto* text :
       {"--seed HOST:PORT", "CHORUS_SEED", "--config FILE", "CHORUS_CONFIG", "(default 4)"})
    EXPECT_THAT(line.output, HasSubstr(text));
}

TEST(command_line, leaves_the_version_to_the_application) {
  EXPECT_TRUE(parsed_line{{"--version"}}.refused_with("--version"));
  parsed_line line{{"--version"}, {}, {}, [](CLI::App& app) { app.set_version_flag("--version", "mine 7"); }};
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_EQ(line.output, "mine 7\n");
}

/// The application's own options, besides chorus'.
struct own_options {
  int threads = 1;
  std::string room = "lobby";
  bool host = false;

  void add(CLI::App& app) {
    app.add_option("--room", room)->envname("MY_ROOM");
    app.add_flag("--host", host);
  }

  void add_clashing(CLI::App& app) { app.add_option("--threads", threads); }
};

TEST(command_line, says_that_options_clash_whichever_was_added_first) {
  own_options own;
  auto add = [&](CLI::App& app) { own.add_clashing(app); };
  for (auto& line : {parsed_line{{}, {}, add, {}}, parsed_line{{}, {}, {}, add}}) {
    EXPECT_EQ(line.exit_code, 1);
    EXPECT_THAT(line.errors, HasSubstr("test: this program has --threads twice"));
    EXPECT_THAT(line.errors, HasSubstr("{.prefix = \"chorus-\"}"));
  }
}

TEST(command_line, says_that_a_prefix_makes_no_flags) {
  parsed_line line{{}, {.prefix = "a b"}};
  EXPECT_EQ(line.exit_code, 1);
  EXPECT_THAT(line.errors, HasSubstr("--a bname"));
}

TEST(command_line, keeps_its_flags_apart_by_a_prefix) {
  own_options own;
  std::string own_config;
  auto add = [&](CLI::App& app) {
    own.add_clashing(app);
    app.add_option("--config", own_config);
  };
  config_file file{"name = ada\nthreads = 3\n"};
  variable cluster{"CHORUS_CLUSTER", "blue"};
  parsed_line line{
      {"--threads", "7", "--config", "mine", "--chorus-config", file.path(), "--chorus-threads", "2"},
      {.prefix = "chorus-"},
      add};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(own.threads, 7);
  EXPECT_EQ(own_config, "mine");
  EXPECT_EQ(line.settings.threads, 2u);
  EXPECT_EQ(line.settings.name, "ada");
  EXPECT_EQ(line.settings.cluster, "blue");
  EXPECT_TRUE((parsed_line{{"--name", "ada"}, {.prefix = "chorus-"}}.refused_with("--name")));
  EXPECT_TRUE((parsed_line{{"--chorus-seed", "x"}, {.prefix = "chorus-"}}.refused_with("--chorus-seed: ")));
}

TEST(command_line, adds_two_nodes_under_two_prefixes) {
  config second;
  auto add = [&](CLI::App& app) { add_options(app, second, {.prefix = "second-"}); };
  parsed_line line{{"--name", "ada", "--second-name", "ben"}, {}, {}, add};
  EXPECT_TRUE(line.usable());
  EXPECT_EQ(line.settings.name, "ada");
  EXPECT_EQ(second.name, "ben");
  auto add_again = [&](CLI::App& app) { add_options(app, second); };
  EXPECT_EQ((parsed_line{{}, {}, {}, add_again}.exit_code), 1);
}

TEST(command_line, lets_the_file_set_the_applications_options_too) {
  own_options own;
  auto add = [&](CLI::App& app) { own.add(app); };
  config_file file{"room = attic\nhost = true\nname = ada\n"};
  EXPECT_TRUE((parsed_line{{"--config", file.path()}, {}, add}.usable()));
  EXPECT_EQ(own.room, "attic");
  EXPECT_TRUE(own.host);

  variable room{"MY_ROOM", "cellar"};
  EXPECT_TRUE((parsed_line{{"--config", file.path()}, {}, add}.usable()));
  EXPECT_EQ(own.room, "cellar");

  parsed_line apart{{"--chorus-config", file.path()}, {.prefix = "chorus-"}, add};
  EXPECT_TRUE(apart.refused_with(file.line(1) + "there is no option 'room'"));
}

TEST(command_line, has_filled_the_settings_when_the_application_is_called_back) {
  variable name{"CHORUS_NAME", "ada"};
  std::string seen;
  CLI::App app{"test"};
  config settings;
  add_options(app, settings);
  app.final_callback([&] { seen = settings.name; });
  std::string program = "test";
  char* arguments[] = {program.data()};
  EXPECT_FALSE(parse(app, 1, arguments));
  EXPECT_EQ(seen, "ada");
}

} // namespace
} // namespace chorus
