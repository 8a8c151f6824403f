#include "channels.hpp"

#include <chorus/runtime/limits.hpp>

namespace chorus::channels {

namespace {

using limits::kibibyte;
using limits::mebibyte;

/// The list of all names of a node is sent at once when a link opens.
link::channel_config of_names() {
  link::channel_config channel;
  channel.name = "names/1";
  channel.message_bytes = 4 * kibibyte;
  channel.receive_window_bytes = mebibyte;
  channel.receive_reserve_bytes = 64 * kibibyte;
  channel.send_buffer_bytes = 32 * mebibyte;
  channel.send_reserve_bytes = 0;
  return channel;
}

/// Notices are small and read at once. Releases, the largest, wait for room.
link::channel_config of_handles() {
  link::channel_config channel;
  channel.name = "handles/1";
  channel.message_bytes = 256 * kibibyte;
  channel.receive_window_bytes = 2 * mebibyte;
  channel.receive_reserve_bytes = 2 * mebibyte;
  channel.send_buffer_bytes = 8 * mebibyte;
  channel.send_reserve_bytes = limits::send_reserve_bytes;
  return channel;
}

link::channel_config of_actors() {
  link::channel_config channel;
  channel.name = "actors/1";
  return channel;
}

} // namespace

std::vector<link::channel_config> all() {
  std::vector<link::channel_config> channels(3);
  channels[names] = of_names();
  channels[handles] = of_handles();
  channels[actors] = of_actors();
  return channels;
}

} // namespace chorus::channels
