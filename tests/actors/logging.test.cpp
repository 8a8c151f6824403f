#include "../../actors/logging.hpp"

#include "lost_standard_error.hpp"

#include <chorus/runtime/check.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <memory>

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
