#include "socket_calls.hpp"

#include <cerrno>
#include <cstddef>
#include <utility>

namespace chorus {

namespace {

template <class Call>
int without_interruption(Call&& call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR)
    answer = call();
  return answer;
}

} // namespace

bool receive_part(zmq::socket_t& socket, zmq::message_t& part) {
  return without_interruption([&] { return zmq_msg_recv(part.handle(), socket.handle(), ZMQ_DONTWAIT); })
         >= 0;
}

bool send_part(zmq::socket_t& socket, zmq::message_t part, int flags) {
  return without_interruption([&] {
           return zmq_msg_send(part.handle(), socket.handle(), flags | ZMQ_DONTWAIT);
         })
         >= 0;
}

short events_of(const zmq::socket_t& socket) {
  auto events = 0;
  auto size = sizeof events;
  auto failed = without_interruption([&] {
    return zmq_getsockopt(const_cast<void*>(socket.handle()), ZMQ_EVENTS, &events, &size);
  });
  if (failed != 0)
    throw zmq::error_t{};
  return static_cast<short>(events);
}

} // namespace chorus
