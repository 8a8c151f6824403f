#pragma once

#include <chorus/runtime/link/link.hpp>

namespace chorus::testing {

/// So small that every limit of a link is met all the time. The ends are the test's to fill in.
inline link::config tight_limits() {
  link::config settings;
  settings.channels.front().message_bytes = 600;
  settings.chunk_bytes = 100;
  settings.lone_bytes = 90;
  settings.frame_bytes = 300;
  settings.channels.front().receive_window_bytes = 1000;
  settings.channels.front().receive_reserve_bytes = 700;
  settings.channels.front().send_buffer_bytes = 3000;
  settings.channels.front().send_reserve_bytes = 1000;
  settings.frames_in_flight = 8;
  return settings;
}

} // namespace chorus::testing
