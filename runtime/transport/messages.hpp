#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/seams.hpp>

#include <zmq.hpp>

#include <optional>

/// chorus' bytes as ZeroMQ's messages and back, without copying what is large.
namespace chorus {

/// A message as it came out of a socket.
struct received_message {
  zmq::message_t sender; ///< the routing id, on a ROUTER; empty on a DEALER
  shared_bytes head;
  shared_bytes body;        ///< empty if there was one part only
  bool well_formed = false; ///< one or two parts; otherwise head and body are empty
  int descriptor = -1;      ///< of the connection, as ZeroMQ's monitor knows it; on a ROUTER only
};

/// Takes one message without waiting, nothing if there is none.
std::optional<received_message> receive_from_router(zmq::socket_t& router);
std::optional<received_message> receive_from_dealer(zmq::socket_t& dealer);

/// Writes all parts without waiting, or nothing; false if the socket cannot take the message now.
/// The body is not copied: ZeroMQ holds it until it is on the wire.
bool send_to_dealer(zmq::socket_t& dealer, const wire_message& message);

/// The same, as an answer to `sender`. Also false if that connection is gone.
bool send_to_router(zmq::socket_t& router, const zmq::message_t& sender, const wire_message& message);

} // namespace chorus
