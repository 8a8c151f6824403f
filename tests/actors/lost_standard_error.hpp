#pragma once

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace chorus {

/// Standard error goes to a pipe that takes nothing; `is_read` says whether its reader is still there.
inline void lose_standard_error(bool is_read) {
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

} // namespace chorus
