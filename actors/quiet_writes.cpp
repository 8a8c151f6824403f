#include "quiet_writes.hpp"

#include <cerrno>
#include <ctime>
#include <initializer_list>
#include <pthread.h>

namespace chorus {

quiet_writes::quiet_writes() noexcept {
  sigset_t pending;
  sigpending(&pending);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigemptyset(&ours_);
  for (auto signal : {SIGPIPE, SIGXFSZ}) {
    sigaddset(&blocked, signal);
    if (sigismember(&pending, signal) == 0)
      sigaddset(&ours_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &blocked, &before_);
}

quiet_writes::~quiet_writes() {
  auto saved = errno;
  constexpr timespec at_once{};
  while (sigtimedwait(&ours_, nullptr, &at_once) > 0 || errno == EINTR) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = saved;
}

} // namespace chorus
