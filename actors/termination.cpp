#include "termination.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace chorus {

namespace {

/// Where the signal handler writes; -1 while nobody waits.
std::atomic<int> waiting_event = -1;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only use lock-free atomics");

void raise_event(int event) noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(event, &one, sizeof one); // full means it is raised already
}

void on_signal(int) {
  auto saved = errno;
  if (auto event = waiting_event.load(); event >= 0)
    raise_event(event);
  errno = saved;
}

} // namespace

termination::termination() : event_(descriptor::required(::eventfd(0, EFD_CLOEXEC))) {}

void termination::request() noexcept {
  raise_event(event_.number());
}

void termination::wait_for_signals(const std::function<void()>& when_waiting) {
  waiting_event = event_.number();
  struct sigaction handler = {};
  struct sigaction old_terminate = {};
  struct sigaction old_interrupt = {};
  struct sigaction old_hangup = {};
  handler.sa_handler = on_signal;
  ::sigaction(SIGTERM, &handler, &old_terminate);
  ::sigaction(SIGINT, &handler, &old_interrupt);
  // Whoever has chosen something else for it (nohup ignores it) keeps that.
  ::sigaction(SIGHUP, nullptr, &old_hangup);
  auto takes_hangup = old_hangup.sa_handler == SIG_DFL;
  if (takes_hangup)
    ::sigaction(SIGHUP, &handler, nullptr);
  if (when_waiting)
    when_waiting();
  std::uint64_t count = 0;
  while (::read(event_.number(), &count, sizeof count) < 0 && errno == EINTR) {
  }
  ::sigaction(SIGTERM, &old_terminate, nullptr);
  ::sigaction(SIGINT, &old_interrupt, nullptr);
  if (takes_hangup)
    ::sigaction(SIGHUP, &old_hangup, nullptr);
  waiting_event = -1;
}

} // namespace chorus
