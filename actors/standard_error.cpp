#include "standard_error.hpp"

#include "quiet_writes.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <climits>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace chorus {

namespace {

/// Whether something can be written, or an error be learned, before `until`.
bool await_room(time_point until) noexcept {
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_now()).count();
    pollfd wanted{STDERR_FILENO, POLLOUT, 0};
    auto ready = ::poll(&wanted, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready >= 0 || errno != EINTR)
      return ready > 0;
  }
}

} // namespace

bool write_to_standard_error(std::string_view text, duration within) noexcept {
  quiet_writes quiet;
  auto until = steady_now() + within;
  while (!text.empty()) {
    if (!await_room(until))
      return false;
    // What a pipe with room takes without waiting for more.
    auto count = ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
      return false;
  }
  return true;
}

} // namespace chorus
