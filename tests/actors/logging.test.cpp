#include "../../actors/logging.hpp"

#include <chorus/actors/command_line.hpp>
#include <chorus/actors/exit_code.hpp>
#include <chorus/runtime/check.hpp>

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

/// What a process says before its log is open, and last. Each test is a process of its own.
namespace chorus {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

struct last_words_of_a_process : ::testing::Test {
  last_words_of_a_process() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  static std::shared_ptr<spdlog::logger> open() {
    std::signal(SIGPIPE, SIG_DFL);
    return open_log(config{}, "ada").value();
  }

  /// Standard error goes to a pipe that takes nothing; `is_read` says whether its reader is still there.
  static void lose_standard_error(bool is_read) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_NONBLOCK) != 0)
      std::abort();
    if (!is_read)
      ::close(ends[0]);
    while (is_read && ::write(ends[1], "x", 1) == 1) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDERR_FILENO);
  }

  /// Parses a command line when nobody reads standard error, and exits.
  [[noreturn]] static void parse_unheard(bool is_read, std::vector<std::string> words, bool clashes = false) {
    std::signal(SIGPIPE, SIG_DFL);
    ::alarm(60); // ends who waits for a reader
    lose_standard_error(is_read);
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

[[noreturn]] void break_a_promise() {
  CHORUS_CHECK(false, "nothing holds");
  std::exit(0);
}

TEST_F(last_words_of_a_process, that_breaks_a_promise_stand_after_its_log) {
  EXPECT_EXIT(
      {
        auto log = open();
        for (int i = 0; i <= 1000; ++i)
          log->info("line {}", i);
        break_a_promise();
      },
      KilledBySignal(SIGABRT),
      "info ada: line 1000\nchorus: broken invariant at .*: nothing holds"
  );
}

TEST_F(last_words_of_a_process, are_nobodys_when_nobody_reads_and_it_ends_as_it_should) {
  for (auto is_read : {false, true}) {
    EXPECT_EXIT(
        {
          auto log = open();
          lose_standard_error(is_read);
          log->info("unheard");
          break_a_promise();
        },
        KilledBySignal(SIGABRT),
        ""
    );
    EXPECT_EXIT(
        {
          open();
          lose_standard_error(is_read);
          std::exit(report_failure("ada", no_reason()));
        },
        ExitedWithCode(static_cast<int>(exit_code::refused)),
        ""
    );
  }
}

TEST_F(last_words_of_a_process, about_its_command_line_are_nobodys_when_nobody_reads) {
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

TEST_F(last_words_of_a_process, that_exits_anywhere_are_in_its_log) {
  EXPECT_EXIT(
      {
        auto log = open();
        for (int i = 0; i <= 1000; ++i)
          log->info("line {}", i);
        std::exit(0);
      },
      ExitedWithCode(0),
      "info ada: line 1000"
  );
}

} // namespace
} // namespace chorus
