#include "socket_settings.hpp"

namespace chorus {

namespace {

int milliseconds(duration length) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(length).count());
}

} // namespace

void prepare(zmq::socket_t& socket, const socket_settings& settings, bool ipv6) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::ipv6, ipv6);
  socket.set(zmq::sockopt::maxmsgsize, settings.part_bytes);
  socket.set(zmq::sockopt::handshake_ivl, milliseconds(settings.handshake_within));
  socket.set(zmq::sockopt::connect_timeout, milliseconds(settings.handshake_within));
  socket.set(zmq::sockopt::tcp_maxrt, milliseconds(tcp_gives_up_after));
  socket.set(zmq::sockopt::rcvhwm, received_waiting);
}

void keep_alive(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::tcp_keepalive, 1);
  socket.set(zmq::sockopt::tcp_keepalive_idle, static_cast<int>(keepalive_after.count()));
  socket.set(zmq::sockopt::tcp_keepalive_intvl, static_cast<int>(keepalive_every.count()));
  socket.set(zmq::sockopt::tcp_keepalive_cnt, keepalives_unanswered);
}

} // namespace chorus
