#include "log_writer.hpp"

#include <chorus/runtime/transport/start_thread.hpp>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace chorus {

namespace {

/// Lines that were lost one after the other for one reason.
struct gap {
  std::uint64_t lines = 0;
  std::string reason;
};

std::string described(const gap& missing) {
  auto lines = missing.lines == 1 ? std::string{"1 line"} : std::to_string(missing.lines) + " lines";
  return lines + " of the log not written: " + missing.reason;
}

/// A thread inherits the mask of the one that starts it.
class all_signals_blocked {
public:
  all_signals_blocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~all_signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;

private:
  sigset_t before_;
};

} // namespace

/// Outlives its users when the thread is held up.
struct log_writer::shared_state {
  /// A line that waits, and how many found no room before it. Without a line, only that.
  struct entry {
    std::string line;
    std::uint64_t lost_before = 0;

    std::size_t cost() const noexcept { return sizeof(entry) + line.size(); }
  };

  shared_state(int where, formatter how) : descriptor(where), format(std::move(how)) {}

  const int descriptor;
  const formatter format;

  std::mutex mutex; ///< guards what follows, down to `has_ended`
  std::condition_variable changed;
  std::deque<entry> waiting;
  std::size_t waiting_cost = 0; ///< with the line that is being written
  std::uint64_t overflow = 0;   ///< lines without room, after all that wait
  std::uint64_t accepted = 0;   ///< lines, ever
  std::uint64_t done = 0;       ///< of these, written or lost
  std::size_t users = 1;
  bool has_ended = false;

  gap unsaid;          ///< the thread's own
  bool is_cut = false; ///< likewise: what was written last is not a whole line

  void add(std::string line) {
    entry fresh{std::move(line)};
    std::lock_guard guard{mutex};
    if (waiting_cost + fresh.cost() > waiting_bytes) {
      ++overflow;
      return;
    }
    fresh.lost_before = std::exchange(overflow, 0);
    waiting_cost += fresh.cost();
    waiting.push_back(std::move(fresh));
    ++accepted;
    changed.notify_all();
  }

  // -- the thread -------------------------------------------------------------------------------------

  void run() {
    std::unique_lock lock{mutex};
    for (bool goes_on = true; goes_on;) {
      await_work(lock);
      auto next = take_next();
      lock.unlock();
      write(next);
      lock.lock();
      if (!next.line.empty()) {
        waiting_cost -= next.cost();
        ++done;
      }
      goes_on = users > 0 || overflow > 0 || !waiting.empty();
      changed.notify_all();
    }
    has_ended = true;
  }

  void await_work(std::unique_lock<std::mutex>& lock) {
    auto has_work = [this] { return !waiting.empty() || overflow > 0 || users == 0; };
    if (unsaid.lines > 0)
      changed.wait_for(lock, retry_every, has_work);
    else
      changed.wait(lock, has_work);
  }

  entry take_next() {
    if (waiting.empty())
      return {{}, std::exchange(overflow, 0)};
    auto next = std::move(waiting.front());
    waiting.pop_front();
    return next;
  }

  /// No line is written before it is said what is missing in front of it.
  void write(const entry& next) {
    if (next.lost_before > 0)
      unsaid = {unsaid.lines + next.lost_before, "they came faster than they were read"};
    std::optional<int> failure;
    if (unsaid.lines > 0 && !(failure = attempt(format(described(unsaid)))))
      unsaid = {};
    if (!failure && !next.line.empty())
      failure = attempt(next.line);
    if (!failure)
      return;
    unsaid.reason = std::strerror(*failure);
    if (!next.line.empty())
      ++unsaid.lines;
  }

  /// Waits as long as it takes. Gives the error's number.
  std::optional<int> attempt(std::string line) {
    if (is_cut)
      line.insert(0, 1, '\n');
    for (std::size_t written = 0; written < line.size();) {
      auto count = ::write(descriptor, line.data() + written, line.size() - written);
      if (count > 0) {
        written += static_cast<std::size_t>(count);
        is_cut = line[written - 1] != '\n';
      } else if (count == 0) {
        return ENOSPC;
      } else if (errno == EAGAIN) {
        pollfd wanted{descriptor, POLLOUT, 0};
        ::poll(&wanted, 1, -1);
      } else if (errno != EINTR) {
        return errno;
      }
    }
    return std::nullopt;
  }
};

/// Never destroyed: a node may be a static object.
struct log_writer::process_wide {
  std::mutex mutex;
  std::weak_ptr<log_writer> writer;
  std::weak_ptr<shared_state> state; ///< alive as long as its thread

  static process_wide& instance() {
    static auto& only = *new process_wide;
    return only;
  }
};

log_writer::log_writer(std::shared_ptr<shared_state> state) : state_(std::move(state)) {}

log_writer::~log_writer() {
  std::unique_lock lock{state_->mutex};
  --state_->users;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, flush_within, [this] { return state_->has_ended || state_->users > 0; });
}

result<std::shared_ptr<log_writer>> log_writer::open(int descriptor, formatter format) {
  auto state = std::make_shared<shared_state>(descriptor, std::move(format));
  all_signals_blocked quiet;
  auto thread = start_thread([state] { state->run(); });
  if (!thread)
    return thread.failure();
  thread->detach(); // it may have to be left behind; its end shows in `has_ended`
  return std::shared_ptr<log_writer>{new log_writer{std::move(state)}};
}

result<std::shared_ptr<log_writer>> log_writer::open_standard_error(formatter format) {
  auto& shared = process_wide::instance();
  std::lock_guard guard{shared.mutex};
  if (auto writer = shared.writer.lock())
    return writer;
  if (auto left_behind = shared.state.lock()) {
    std::lock_guard state_guard{left_behind->mutex};
    if (!left_behind->has_ended) {
      ++left_behind->users;
      auto writer = std::shared_ptr<log_writer>{new log_writer{left_behind}};
      shared.writer = writer;
      return writer;
    }
  }
  auto writer = open(STDERR_FILENO, std::move(format));
  if (!writer)
    return writer.failure();
  static const auto at_exit = std::atexit([] { flush_standard_error(flush_within); });
  static_cast<void>(at_exit);
  shared.writer = *writer;
  shared.state = (*writer)->state_;
  return writer;
}

void log_writer::write(std::string line) {
  state_->add(std::move(line));
}

bool log_writer::flush(duration within) {
  std::unique_lock lock{state_->mutex};
  auto last = state_->accepted;
  return state_->changed.wait_for(lock, within, [&] { return state_->done >= last; });
}

void log_writer::flush_standard_error(duration within) {
  auto& shared = process_wide::instance();
  std::shared_ptr<log_writer> writer;
  {
    std::lock_guard guard{shared.mutex};
    writer = shared.writer.lock();
  }
  if (writer)
    writer->flush(within);
}

} // namespace chorus
