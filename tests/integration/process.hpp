#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace chorus::testing {

/// The most that this process has held in memory so far (resident set).
std::size_t own_most_resident_bytes();

/// A program that a test runs and talks to. It leads a process group of its own, which is killed with
/// this object, and by the kernel should the test itself be killed.
///
/// Thread rules: one thread; what the program prints is read by a thread of this object.
class process {
public:
  /// How long a wait lasts before it fails: far more than anything here takes on a busy machine.
  static constexpr std::chrono::seconds patience{60};

  /// The lines of one of the program's outputs that were complete so far.
  using lines = std::vector<std::string>;

  /// Starts `command` (path, then arguments) with this environment, without its `CHORUS_…` variables,
  /// and those of `environment`. A failed test prints what it said under `name`, which is the program's
  /// unless given.
  explicit process(
      std::vector<std::string> command,
      const std::map<std::string, std::string>& environment = {},
      std::string name = {}
  );
  ~process();

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t id() const noexcept { return id_; }

  /// Writes `text` to its standard input, all of it; waits while the pipe is full.
  void write(const std::string& text);
  void close_input();

  /// Waits until `count` lines of standard output contain `text`; fails early when it ends without.
  ::testing::AssertionResult prints(const std::string& text, std::size_t count = 1);

  /// Whether such a line came in that time; for waits of which the failure is no error.
  bool prints_within(std::chrono::milliseconds time, const std::string& text);

  /// Waits until the lines of standard output are as wanted; false if they are not within that time, or when
  /// it ends.
  bool output_becomes(
      const std::function<bool(const lines&)>& as_wanted, std::chrono::milliseconds within = patience
  );

  /// As `prints` for standard error, where the log goes.
  ::testing::AssertionResult logs(const std::string& text, std::size_t count = 1);

  /// The first line of standard output or error that contains `text`; waits for it, empty if it never comes.
  std::string printed_line(const std::string& text);
  std::string logged_line(const std::string& text);

  lines output() const;
  lines log() const;

  /// The most that it has held in memory so far (resident set); 0 once it has ended.
  std::size_t most_resident_bytes() const;

  /// Sends it a signal; a no-op once it has ended.
  void signal(int number);

  /// Stops it (SIGSTOP) and waits until none of its threads runs. Pre: it runs.
  void pause();
  void resume() { signal(SIGCONT); }

  /// Waits for its end: its exit code, or the negative number of the signal that ended it; nothing
  /// after `patience`. Everything that it printed has been read then.
  std::optional<int> wait();

private:
  struct stream {
    int file = -1;
    std::string rest; ///< of an unfinished line
    lines complete;
  };

  void read_all();
  bool read_some(stream& from);
  std::optional<std::string> wait_for_line(
      const stream& where, const std::string& text, std::size_t count, std::chrono::milliseconds within
  );
  ::testing::AssertionResult shows(const stream& where, const std::string& text, std::size_t count);

  std::string name_;
  pid_t id_ = -1;
  int input_ = -1;
  std::thread reader_;

  mutable std::mutex mutex_; ///< guards all that follows
  std::condition_variable changed_;
  stream output_;
  stream log_;
  std::optional<int> exit_code_;
};

} // namespace chorus::testing
