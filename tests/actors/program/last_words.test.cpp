#include "../lost_standard_error.hpp"

#include <chorus/actors/program/command_line.hpp>
#include <chorus/actors/program/exit_code.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

/// What a program says about its command line and its failure. Each test is a process of its own.
namespace chorus {
namespace {

using ::testing::ExitedWithCode;

struct last_words_of_a_program : ::testing::Test {
  last_words_of_a_program() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  /// Nobody reads standard error from now on.
  static void go_unheard(bool is_read) {
    std::signal(SIGPIPE, SIG_DFL);
    ::alarm(60); // ends who waits for a reader
    lose_standard_error(is_read);
  }

  /// Parses a command line and exits.
  [[noreturn]] static void parse_unheard(bool is_read, std::vector<std::string> words, bool clashes = false) {
    go_unheard(is_read);
    CLI::App app{"test"};
    config settings;
    std::string name;
    if (clashes)
      app.add_option("--name", name, "the application's");
    add_options(app, settings);
    words.insert(words.begin(), "test");
    std::vector<char*> pointers;
    for (auto& word : words)
      pointers.push_back(word.data());
    std::exit(parse(app, static_cast<int>(pointers.size()), pointers.data()).value_or(0));
  }

  static error no_reason() { return {errc::refused, "no reason"}; }
};

TEST_F(last_words_of_a_program, about_its_failure_are_nobodys_when_nobody_reads) {
  for (auto is_read : {false, true}) {
    EXPECT_EXIT(
        {
          go_unheard(is_read);
          std::exit(report_failure("ada", no_reason()));
        },
        ExitedWithCode(static_cast<int>(exit_code::refused)),
        ""
    );
  }
}

TEST_F(last_words_of_a_program, about_its_command_line_are_nobodys_when_nobody_reads) {
  for (auto is_read : {false, true}) {
    EXPECT_EXIT(
        {
          ::setenv("CHORUS_SEEDS", "ada:1", 1);
          parse_unheard(is_read, {});
        },
        ExitedWithCode(0),
        ""
    );
    EXPECT_EXIT(
        parse_unheard(is_read, {"--sead", "ada:1"}), ExitedWithCode(static_cast<int>(exit_code::usage)), ""
    );
    EXPECT_EXIT(parse_unheard(is_read, {}, true), ExitedWithCode(static_cast<int>(exit_code::failure)), "");
  }
}

TEST(report_failure, names_the_program_and_the_reason) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(report_failure("ada", {errc::refused, "the name is taken"}), 6);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "ada: refused: the name is taken\n");
}

} // namespace
} // namespace chorus
