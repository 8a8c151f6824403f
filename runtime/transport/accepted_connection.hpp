#pragma once

#include <chorus/runtime/transport/descriptor.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What the system tells of a TCP connection that ZeroMQ has accepted, and how to end it. ZeroMQ names the
/// descriptor (`ZMQ_EVENT_ACCEPTED`, `ZMQ_SRCFD`) but owns it, and may close it at any moment: so everything
/// here bears a number that is closed, or that stands for something else by now.
namespace chorus::accepted_connection {

/// In digits, who is at the other end; empty if that cannot be said any more.
std::string host_of(int descriptor);

/// Bytes that have come on it so far and that ZeroMQ has read; nothing if that cannot be said.
std::optional<std::uint64_t> bytes_read(int descriptor);

/// Ends connections to one port, in both directions; ZeroMQ notices and closes them. Has the descriptors
/// that this takes from the beginning: it is needed most when there are no others left.
class ender {
public:
  /// Throws `std::system_error` if the system has no descriptors left.
  explicit ender(std::uint16_t local_port);

  /// Does nothing to what is no connection to the port, whatever the number stands for by now.
  void end(int connection);

private:
  const std::uint16_t local_port_;
  const descriptor nothing_; ///< what `own_` stands for between two calls
  const descriptor own_;
};

} // namespace chorus::accepted_connection
