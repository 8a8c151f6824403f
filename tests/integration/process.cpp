#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace chorus::testing {

namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

struct pipe_ends {
  int reading = -1;
  int writing = -1;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    give_up("pipe2");
  return {ends[0], ends[1]};
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& additions) {
  std::vector<std::string> all;
  for (auto entry = environ; *entry != nullptr; ++entry)
    if (std::string_view text{*entry}; !text.starts_with("CHORUS_"))
      all.emplace_back(text);
  for (auto& [name, value] : additions)
    all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// 0 if there is no such process.
std::size_t most_resident_bytes_of(const std::string& id) {
  std::ifstream status{"/proc/" + id + "/status"};
  constexpr std::string_view wanted = "VmHWM:";
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(wanted))
      return std::stoul(line.substr(wanted.size())) * 1024; // it says kB and means KiB
  return 0;
}

} // namespace

std::size_t own_most_resident_bytes() {
  return most_resident_bytes_of("self");
}

process::process(
    std::vector<std::string> command, const std::map<std::string, std::string>& environment, std::string name
)
    : name_(name.empty() ? command.at(0).substr(command.at(0).rfind('/') + 1) : std::move(name)) {
  std::signal(SIGPIPE, SIG_IGN); // writing to a program that has ended is an error, not our end
  auto variables = environment_with(environment);
  auto argument_pointers = pointers_to(command);
  auto variable_pointers = pointers_to(variables);
  auto in = make_pipe();
  auto out = make_pipe();
  auto log = make_pipe();
  auto parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0)
    give_up("fork");
  if (id_ == 0) {
    // Only what a signal handler may do: other threads' locks were copied as they were.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGPIPE, SIG_DFL);
    if (::getppid() == parent && ::dup2(in.reading, STDIN_FILENO) >= 0
        && ::dup2(out.writing, STDOUT_FILENO) >= 0 && ::dup2(log.writing, STDERR_FILENO) >= 0)
      ::execve(argument_pointers[0], argument_pointers.data(), variable_pointers.data());
    ::_exit(127);
  }
  ::setpgid(id_, id_); // here too: whoever comes first
  ::close(in.reading);
  ::close(out.writing);
  ::close(log.writing);
  input_ = in.writing;
  output_.file = out.reading;
  log_.file = log.reading;
  reader_ = std::thread{[this] { read_all(); }};
}

process::~process() {
  {
    std::lock_guard guard{mutex_};
    if (!exit_code_)
      ::kill(-id_, SIGKILL);
  }
  close_input();
  reader_.join();
  ::close(output_.file);
  ::close(log_.file);
  if (::testing::Test::HasFailure()) {
    for (auto& line : output_.complete)
      std::fprintf(stderr, "  %s[%d] out: %s\n", name_.c_str(), id_, line.c_str());
    for (auto& line : log_.complete)
      std::fprintf(stderr, "  %s[%d] err: %s\n", name_.c_str(), id_, line.c_str());
  }
}

void process::write(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    auto count = ::write(input_, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR)
      return; // it has ended; the test will see that from what it prints
    done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
}

void process::close_input() {
  if (input_ >= 0)
    ::close(std::exchange(input_, -1));
}

::testing::AssertionResult process::prints(const std::string& text, std::size_t count) {
  return shows(output_, text, count);
}

::testing::AssertionResult process::logs(const std::string& text, std::size_t count) {
  return shows(log_, text, count);
}

bool process::prints_within(std::chrono::milliseconds time, const std::string& text) {
  return wait_for_line(output_, text, 1, time).has_value();
}

bool process::output_becomes(
    const std::function<bool(const lines&)>& as_wanted, std::chrono::milliseconds within
) {
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, within, [&] { return exit_code_ || as_wanted(output_.complete); });
  return as_wanted(output_.complete);
}

std::string process::printed_line(const std::string& text) {
  return wait_for_line(output_, text, 1, patience).value_or("");
}

std::string process::logged_line(const std::string& text) {
  return wait_for_line(log_, text, 1, patience).value_or("");
}

process::lines process::output() const {
  std::lock_guard guard{mutex_};
  return output_.complete;
}

process::lines process::log() const {
  std::lock_guard guard{mutex_};
  return log_.complete;
}

std::size_t process::most_resident_bytes() const {
  return most_resident_bytes_of(std::to_string(id_));
}

void process::signal(int number) {
  std::lock_guard guard{mutex_};
  if (!exit_code_)
    ::kill(id_, number);
}

void process::pause() {
  signal(SIGSTOP);
  siginfo_t stopped{};
  while (::waitid(P_PID, static_cast<id_t>(id_), &stopped, WSTOPPED) != 0 && errno == EINTR) {
  }
}

std::optional<int> process::wait() {
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, patience, [this] { return exit_code_.has_value(); });
  return exit_code_;
}

::testing::AssertionResult process::shows(const stream& where, const std::string& text, std::size_t count) {
  if (wait_for_line(where, text, count, patience))
    return ::testing::AssertionSuccess();
  std::lock_guard guard{mutex_};
  return ::testing::AssertionFailure()
         << name_ << (exit_code_ ? " has ended" : " runs") << " without '" << text << "' (" << count
         << " times), but with " << ::testing::PrintToString(where.complete);
}

/// The `count`th line with the text.
std::optional<std::string> process::wait_for_line(
    const stream& where, const std::string& text, std::size_t count, std::chrono::milliseconds within
) {
  std::optional<std::string> found;
  std::size_t searched = 0;
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, within, [&] {
    for (; searched < where.complete.size() && !found; ++searched)
      if (where.complete[searched].find(text) != std::string::npos && --count == 0)
        found = where.complete[searched];
    return found || exit_code_;
  });
  return found;
}

void process::read_all() {
  bool output_open = true;
  bool log_open = true;
  while (output_open || log_open) {
    std::array<pollfd, 2> wanted{
        {{output_open ? output_.file : -1, POLLIN, 0}, {log_open ? log_.file : -1, POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0)
      continue;
    output_open = output_open && (wanted[0].revents == 0 || read_some(output_));
    log_open = log_open && (wanted[1].revents == 0 || read_some(log_));
  }
  // The number stays the program's own until it is taken under the mutex, so no signal hits another.
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  std::lock_guard guard{mutex_};
  int status = 0;
  ::waitpid(id_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  changed_.notify_all();
}

/// False at the end of the output.
bool process::read_some(stream& from) {
  std::array<char, 16 * 1024> bytes;
  auto count = ::read(from.file, bytes.data(), bytes.size());
  if (count <= 0)
    return count < 0 && errno == EINTR;
  std::lock_guard guard{mutex_};
  for (auto letter : std::string_view{bytes.data(), static_cast<std::size_t>(count)}) {
    if (letter == '\n')
      from.complete.push_back(std::exchange(from.rest, {}));
    else
      from.rest += letter;
  }
  changed_.notify_all();
  return true;
}

} // namespace chorus::testing
