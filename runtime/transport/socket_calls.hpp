#pragma once

#include <zmq.hpp>

/// What is asked of ZeroMQ's sockets again and again, without waiting. A signal may interrupt each of these
/// calls (a profiler's do); that is no answer, and they are repeated, so that no message is torn and no sign
/// is lost.
namespace chorus {

/// False if there is nothing.
bool receive_part(zmq::socket_t& socket, zmq::message_t& part);

/// `flags` as ZeroMQ's. False if the socket cannot take it now.
bool send_part(zmq::socket_t& socket, zmq::message_t part, int flags);

/// `ZMQ_POLLIN` and `ZMQ_POLLOUT`, as they are now.
short events_of(const zmq::socket_t& socket);

} // namespace chorus
