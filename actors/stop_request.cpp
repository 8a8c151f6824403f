#include "stop_request.hpp"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace chorus {

stop_request::stop_request() : event_(descriptor::required(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {}

void stop_request::raise() noexcept {
  auto saved = errno; // of what a signal handler has interrupted
  std::uint64_t one = 1;
  [[maybe_unused]] auto written =
      ::write(event_.number(), &one, sizeof one); // full means it is raised already
  errno = saved;
}

void stop_request::wait() const {
  pollfd raised{event_.number(), POLLIN, 0};
  while (::poll(&raised, 1, -1) < 0) { // a signal came
  }
}

} // namespace chorus
