#pragma once

#include <chorus/runtime/time.hpp>

#include <zmq.hpp>

#include <cstddef>
#include <cstdint>

namespace chorus {

/// What all sockets of one transport have in common.
struct socket_settings {
  /// For a TCP connection to come about, and again for ZeroMQ's handshake on it.
  duration handshake_within = std::chrono::seconds{5};

  /// The largest part of a message that is read; ZeroMQ ends a connection that announces more before
  /// it reserves memory for it.
  std::int64_t part_bytes = 0;

  /// Messages that may wait in one message-lane DEALER. Twice what a link has in flight: everything
  /// once, and once more after a reconnect; so a frame is dropped only when the connection stalls.
  int frames_waiting = 2000;
};

/// Datagrams that may wait in a DEALER: a stalled connection must not hand over old probes for long.
inline constexpr int datagrams_waiting = 64;

/// Messages that may wait for the I/O thread from one connection. It reads all the time and never
/// waits for actors, so this only bridges a turn; beyond it TCP slows the sender down.
inline constexpr int received_waiting = 256;

/// ZeroMQ's own heartbeats only end dead TCP connections, so that a new one is tried; who is alive is
/// the failure detector's question.
inline constexpr std::chrono::seconds heartbeat_every{2};
inline constexpr std::chrono::seconds heartbeat_answer_within{6};

/// How long TCP itself resends without an answer before the connection counts as dead.
inline constexpr std::chrono::seconds tcp_gives_up_after{10};

/// How long a closed socket may go on writing its farewell; ending the context waits that long.
inline constexpr std::chrono::milliseconds farewell_within{500};

/// Sets all of this on a socket that is not bound or connected yet.
void prepare(zmq::socket_t& socket, const socket_settings& settings, bool ipv6);

} // namespace chorus
