#pragma once

#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace chorus {

/// Writes lines to a descriptor in a thread of its own, so that whoever logs never waits for whoever reads
/// the log (docs/decisions/0019-the-log-never-blocks.md).
///
/// Lines wait in a bounded queue. A line that finds no room, or that cannot be written (the reader is gone,
/// the disk is full), is lost and counted. Where lines are missing stands one line that says how many and
/// why, as soon as the descriptor takes it: with the next line, or by itself within `retry_every`.
///
/// The thread blocks all signals, so that a write that fails raises none, and ends with the last of its
/// users. When it is held up by a reader that does not read, it is left to end with the process: the system
/// offers no way to cancel it.
///
/// Thread rules: any thread.
class log_writer {
public:
  /// Of lines that wait, together. Some ten thousand lines.
  static constexpr std::size_t waiting_bytes = 1024 * 1024;

  /// While lines are lost and nobody logs.
  static constexpr std::chrono::milliseconds retry_every{500};

  /// How long its end waits for what was not written yet.
  static constexpr std::chrono::milliseconds flush_within{500};

  /// Gives the line, with its end, that says what the text says.
  using formatter = std::function<std::string(const std::string& text)>;

  /// Starts the thread. The descriptor is not owned. Error: io (no thread is left).
  static result<std::shared_ptr<log_writer>> open(int descriptor, formatter format);

  /// The one of this process for standard error, shared by all that hold it; `format` is taken from the
  /// first. At most one thread at a time is left behind by it, however often the process opens and closes it.
  static result<std::shared_ptr<log_writer>> open_standard_error(formatter format);

  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Never waits. `line` with its end.
  void write(std::string line);

  /// Waits until every line so far was written or is lost. False if that takes longer.
  bool flush(duration within);

  /// Waits as `flush` for the log on standard error, if there is one: for the last moment of a process.
  static void flush_standard_error(duration within);

private:
  struct shared_state;
  struct process_wide;
  explicit log_writer(std::shared_ptr<shared_state> state);

  std::shared_ptr<shared_state> state_;
};

} // namespace chorus
