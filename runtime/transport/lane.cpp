#include "lane.hpp"

#include "monitor.hpp"

#include <chorus/runtime/link/little_endian.hpp>

#include <utility>

namespace chorus {

namespace {

constexpr std::chrono::milliseconds reconnect_first{100};
constexpr std::chrono::milliseconds reconnect_at_most{2000};

constexpr int watched_changes = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
                                | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                                | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

byte_buffer routing_id(lane::kind what, const peer& self, std::uint64_t serial) {
  byte_buffer id;
  // The first byte is never zero: ZeroMQ keeps those ids for itself.
  link::append(id, static_cast<std::uint8_t>(what));
  link::append(id, self);
  link::append(id, serial);
  return id;
}

bool is_ipv6(const std::string& endpoint) {
  return endpoint.find('[') != std::string::npos;
}

lane::change to_change(std::uint16_t event) {
  switch (event) {
  case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
    return lane::change::connected;
  case ZMQ_EVENT_DISCONNECTED:
    return lane::change::lost;
  default:
    return lane::change::attempt_failed;
  }
}

} // namespace

lane::lane(
    zmq::context_t& context,
    const socket_settings& settings,
    kind what,
    const peer& self,
    std::uint64_t serial,
    const std::string& endpoint,
    descriptor_budget::lease descriptors
)
    : descriptors_(std::move(descriptors)), socket_(context, zmq::socket_type::dealer) {
  prepare(socket_, settings, is_ipv6(endpoint));
  auto id = routing_id(what, self, serial);
  socket_.set(zmq::sockopt::routing_id, zmq::buffer(id));
  socket_.set(zmq::sockopt::immediate, true);
  socket_.set(zmq::sockopt::sndhwm, what == kind::messages ? settings.frames_waiting : datagrams_waiting);
  socket_.set(zmq::sockopt::reconnect_ivl, static_cast<int>(reconnect_first.count()));
  socket_.set(zmq::sockopt::reconnect_ivl_max, static_cast<int>(reconnect_at_most.count()));
  if (what == kind::messages)
    monitor_ = chorus::monitor(context, socket_, "changes-" + std::to_string(serial), watched_changes);
  socket_.connect(endpoint);
}

lane::~lane() {
  if (monitor_)
    zmq_socket_monitor(socket_.handle(), nullptr, 0);
}

std::optional<lane::change> lane::next_change() {
  auto event = next_event(monitor_);
  return event ? std::optional{to_change(event->what)} : std::nullopt;
}

void lane::close_with_farewell() {
  socket_.set(zmq::sockopt::linger, static_cast<int>(farewell_within.count()));
}

} // namespace chorus
