#include "monitor.hpp"

#include "socket_calls.hpp"

#include <cstring>

namespace chorus {

zmq::socket_t monitor(zmq::context_t& context, zmq::socket_t& socket, const std::string& name, int which) {
  auto endpoint = "inproc://" + name;
  if (zmq_socket_monitor(socket.handle(), endpoint.c_str(), which) != 0)
    throw zmq::error_t{};
  zmq::socket_t events{context, zmq::socket_type::pair};
  events.set(zmq::sockopt::linger, 0);
  events.connect(endpoint);
  return events;
}

std::optional<monitor_event> next_event(zmq::socket_t& monitor) {
  // Two parts: the event's number and a value, and an address.
  zmq::message_t first;
  if (!receive_part(monitor, first))
    return std::nullopt;
  zmq::message_t rest;
  while (first.more() && receive_part(monitor, rest) && rest.more()) {
  }
  monitor_event event;
  if (first.size() >= sizeof event.what + sizeof event.value) {
    std::memcpy(&event.what, first.data(), sizeof event.what);
    std::memcpy(&event.value, static_cast<const char*>(first.data()) + sizeof event.what, sizeof event.value);
  }
  return event;
}

} // namespace chorus
