#pragma once

#include <zmq.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What ZeroMQ tells about a socket's connections, through a second socket.
namespace chorus {

struct monitor_event {
  std::uint16_t what = 0;  ///< one of `ZMQ_EVENT_*`
  std::uint32_t value = 0; ///< a descriptor or an error's number, as `what` says
};

/// Lets `socket` tell the events in the mask `which`. `name` is unique within the context. Throws
/// `zmq::error_t`.
zmq::socket_t monitor(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, int which);

/// Without waiting; nothing if there is none.
std::optional<monitor_event> next_event(zmq::socket_t& monitor);

} // namespace chorus
