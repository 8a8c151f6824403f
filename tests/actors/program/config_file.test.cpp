#include "../../../actors/program/config_file.hpp"

#include "parsed_line.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {
namespace {

using namespace std::string_view_literals;

using values = std::vector<std::string>;

/// The values of the only line `key = …` of a text.
values values_of(std::string_view text) {
  auto lines = parse_config(text, "node.conf");
  if (!lines) {
    ADD_FAILURE() << text << ": " << lines.failure().what;
    return {};
  }
  EXPECT_EQ(lines->size(), 1u) << text;
  EXPECT_EQ(lines->front().key, "key") << text;
  return lines->front().values;
}

std::string problem_of(std::string_view text) {
  auto lines = parse_config(text, "node.conf");
  return lines ? "none" : lines.failure().what;
}

bool begins_with(const std::string& text, std::string_view start) {
  return text.starts_with(start);
}

TEST(config_file, reads_lines_of_a_key_and_a_value) {
  auto lines = parse_config("# first\n\nname = ada\n  seed=ben:1\n\t; last\nseed = cleo:2", "node.conf");
  ASSERT_TRUE(lines);
  EXPECT_EQ(
      *lines,
      (std::vector<config_line>{{3, "name", {"ada"}}, {4, "seed", {"ben:1"}}, {6, "seed", {"cleo:2"}}})
  );
}

TEST(config_file, has_nothing_in_it_if_it_is_empty) {
  for (auto text : {""sv, "\n"sv, "\r\n"sv, "   "sv, "# only\n; comments"sv, "\xEF\xBB\xBF"sv})
    EXPECT_EQ(parse_config(text, "node.conf").value(), std::vector<config_line>{});
}

TEST(config_file, ends_a_value_before_a_comment) {
  EXPECT_EQ(values_of("key = a b # comment"), values{"a b"});
  EXPECT_EQ(values_of("key = a#b"), values{"a#b"});
  EXPECT_EQ(values_of("key = 'a # b' # comment"), values{"a # b"});
  EXPECT_EQ(values_of("key = # nothing"), values{""});
  EXPECT_EQ(values_of("key ="), values{""});
  EXPECT_EQ(values_of("key = a = b"), values{"a = b"});
}

TEST(config_file, takes_what_stands_in_quotes_as_it_is) {
  EXPECT_EQ(values_of(R"(key = " a, \"b\" \\ ")"), values{R"( a, "b" \ )"});
  EXPECT_EQ(values_of(R"(key = 'C:\a')"), values{R"(C:\a)"});
  EXPECT_EQ(values_of(R"(key = "")"), values{""});
  EXPECT_EQ(values_of(R"(key = it's "so")"), values{R"(it's "so")"});
}

TEST(config_file, reads_a_list_in_brackets_and_an_address_in_brackets) {
  EXPECT_EQ(values_of(R"(key = ["a:1", 'b:2' , c:3,] # comment)"), (values{"a:1", "b:2", "c:3"}));
  EXPECT_EQ(values_of("key = [a]"), values{"a"});
  EXPECT_EQ(values_of("key = []"), values{});
  EXPECT_EQ(values_of("key = [::1]:4000"), values{"[::1]:4000"});
  EXPECT_EQ(values_of("key = [::1]:4000, [fe80::2%eth0]:4000"), values{"[::1]:4000, [fe80::2%eth0]:4000"});
  EXPECT_EQ(values_of("key = [::1]"), values{"[::1]"});
  EXPECT_EQ(values_of(R"(key = ["[::1]:4000"])"), values{"[::1]:4000"});
}

TEST(config_file, may_come_from_windows) {
  EXPECT_EQ(values_of("\xEF\xBB\xBFkey = a\r\n"), values{"a"});
  EXPECT_EQ(values_of("key = 'a'\r\n\r\n# b\r\n"), values{"a"});
}

TEST(config_file, refuses_other_encodings) {
  for (auto text :
       {"\xFF\xFEk\0=\0a\0"sv, "\xFE\xFF\0k\0=\0a"sv, "\xFF\xFE\0\0k\0\0\0"sv, "\0\0\xFE\xFF\0\0\0k"sv})
    EXPECT_TRUE(
        begins_with(problem_of(text), "node.conf:1: the file begins with the byte order mark of UTF-16")
    );
  EXPECT_TRUE(begins_with(problem_of("k\0=\0a\0"sv), "node.conf:1: the byte '\\x00' is in no text"));
}

TEST(config_file, refuses_bytes_that_are_in_no_text) {
  EXPECT_TRUE(begins_with(
      problem_of("key = a\n\x7F"
                 "ELF\x02\x01"),
      "node.conf:2: the byte '\\x7f' is in no text"
  ));
  EXPECT_TRUE(begins_with(problem_of("# a \x1b[1m\n"), "node.conf:1: the byte '\\x1b'"));
  EXPECT_TRUE(begins_with(problem_of("key = a\rkey = b\n"), "node.conf:1: the byte '\\x0d'"));
  EXPECT_EQ(values_of("key = a\tb"), values{"a\tb"});
  EXPECT_EQ(values_of("key = ä"), values{"ä"});
}

TEST(config_file, names_the_line_that_it_cannot_read) {
  EXPECT_TRUE(
      begins_with(problem_of("a = 1\n[node]\n"), "node.conf:2: there are no sections; remove '[node]'")
  );
  EXPECT_TRUE(begins_with(problem_of("\n\nhost\n"), "node.conf:3: 'host' is no line 'key = value'"));
  EXPECT_TRUE(begins_with(problem_of("= a"), "node.conf:1: '= a' is no line"));
  EXPECT_TRUE(begins_with(problem_of("a key = b"), "node.conf:1: 'a key = b' is no line"));
  EXPECT_TRUE(begins_with(problem_of("key: a"), "node.conf:1: 'key: a' is no line"));
  EXPECT_TRUE(begins_with(problem_of("key = 'a"), "node.conf:1: the quote is not closed"));
  EXPECT_TRUE(begins_with(problem_of("key = \"C:\\a\""), "node.conf:1: in double quotes"));
  EXPECT_TRUE(begins_with(problem_of("key = \"a\\"), "node.conf:1: in double quotes"));
  EXPECT_TRUE(begins_with(problem_of("key = 'a' b"), "node.conf:1: nothing but a comment may follow"));
  EXPECT_TRUE(begins_with(problem_of("key = ['a' 'b']"), "node.conf:1: a list has commas"));
  EXPECT_TRUE(begins_with(problem_of("key = [\n'a']"), "node.conf:1: a list has commas"));
  EXPECT_TRUE(begins_with(problem_of("key = [a] b"), "node.conf:1: nothing but a comment may follow"));
}

TEST(config_file, is_at_most_a_mebibyte) {
  const auto largest = std::string(longest_config_file, '\n');
  EXPECT_TRUE((parsed_line{{"--config", config_file{largest}.path()}}.usable()));
  EXPECT_TRUE((
      parsed_line{{"--config", config_file{largest + '\n'}.path()}}.refused_with("larger than 1048576 bytes")
  ));
  EXPECT_TRUE((parsed_line{{"--config", "/dev/zero"}}.refused_with("larger than 1048576 bytes")));
}

TEST(config_file, has_to_be_there_and_readable) {
  EXPECT_TRUE((parsed_line{{"--config", "/nowhere/node.conf"}}.refused_with("/nowhere/node.conf: No such file"
  )));
  EXPECT_TRUE((parsed_line{{"--config", "nowhere.conf"}}.refused_with(
      "nowhere.conf in " + std::filesystem::current_path().string() + ": No such file"
  )));
  EXPECT_TRUE((parsed_line{{"--config", "/"}}.refused_with("configuration file /: Is a directory")));
  EXPECT_TRUE((parsed_line{{"--config", ""}}.refused_with("--config: it has no value")));
  variable path{"CHORUS_CONFIG", "/nowhere/node.conf"};
  EXPECT_TRUE(parsed_line{{}}.refused_with("/nowhere/node.conf: No such file"));
}

TEST(config_file, sets_options_of_a_node) {
  config_file file{"\xEF\xBB\xBF# a node\r\nname = \"ada\"\r\nlisten = [::1]:4000\r\nseed = ben:1, cleo:2\r\n"
                   "seed = [\"dora:3\"]\r\nfailure-timeout = 1.5 # seconds\r\ndata-dir = state\r\n"};
  parsed_line line{{"--config", file.path()}};
  ASSERT_TRUE(line.usable());
  EXPECT_EQ(line.settings.name, "ada");
  EXPECT_EQ(line.settings.listen, (address{"::1", 4000}));
  EXPECT_EQ(line.settings.seeds, (std::vector<address>{{"ben", 1}, {"cleo", 2}, {"dora", 3}}));
  EXPECT_EQ(line.settings.failure_timeout, std::chrono::milliseconds{1500});
  EXPECT_EQ(line.settings.data_directory, "state"); // of the working directory, as on the line
}

TEST(config_file, refuses_keys_that_it_does_not_know) {
  auto refuse = [](std::string_view line) {
    config_file file{"name = ada\n" + std::string{line} + '\n'};
    parsed_line parsed{{"--config", file.path()}};
    EXPECT_TRUE(parsed.refused_with(file.line(2)));
    return parsed.errors;
  };
  auto says = [&](std::string_view line, std::string_view text) {
    auto errors = refuse(line);
    return errors.find(text) != std::string::npos;
  };
  EXPECT_TRUE(says("sead = ben:1", "there is no option 'sead'; did you mean 'seed'?"));
  EXPECT_TRUE(says("Failure_Timeout = 1", "did you mean 'failure-timeout'?"));
  EXPECT_TRUE(says("zebra = 1", "there is no option 'zebra'; --help lists them"));
  EXPECT_TRUE(says("config = other.conf", "config: this cannot be set in a file"));
  EXPECT_TRUE(says("help = true", "help: this cannot be set in a file"));
}

TEST(config_file, sets_an_option_of_one_value_once) {
  config_file file{"name = ada\nseed = ben:1\nname = cleo\n"};
  EXPECT_TRUE(
      (parsed_line{{"--config", file.path()}}.refused_with(file.line(3) + "name: line 1 sets it already"))
  );
  config_file list{"name = [ada, ben]\n"};
  EXPECT_TRUE((parsed_line{{"--config", list.path()}}.refused_with(list.line(1) + "name: it is given 2 times")
  ));
}

TEST(config_file, has_to_be_right_where_flags_and_variables_win_too) {
  config_file file{"name = ada\nfailure-timeout = soon\n"};
  EXPECT_TRUE((parsed_line{{"--config", file.path(), "--failure-timeout", "1"}}.refused_with(
      file.line(2) + "failure-timeout: 'soon' is no number"
  )));
}

TEST(config_file, names_the_line_of_a_wrong_value_in_a_list_of_several_lines) {
  config_file file{"seed = ada:1\n\nseed = ben\n"};
  EXPECT_TRUE((parsed_line{{"--config", file.path()}}.refused_with(file.line(3) + "seed: cannot read 'ben'"))
  );
}

} // namespace
} // namespace chorus
