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

/// How long TCP itself resends without an answer before the connection counts as dead, so that a new one is
/// tried. Who is alive is the failure detector's question; ZeroMQ's heartbeats, which ask it on each
/// connection, would be most of what idle nodes send.
inline constexpr std::chrono::seconds tcp_gives_up_after{10};

/// TCP asks on a connection that was accepted and is silent for so long, then a few times more: what is gone
/// without a word is found in the end, and what forgets silent connections on the way (often after five
/// minutes) keeps this one.
inline constexpr std::chrono::seconds keepalive_after{200};
inline constexpr std::chrono::seconds keepalive_every{20};
inline constexpr int keepalives_unanswered = 3;

/// How long a closed socket may go on writing its farewell; ending the context waits that long.
inline constexpr std::chrono::milliseconds farewell_within{500};

/// Sets all of this on a socket that is not bound or connected yet.
void prepare(zmq::socket_t& socket, const socket_settings& settings, bool ipv6);

/// Lets TCP watch silent connections. Enough at one end.
void keep_alive(zmq::socket_t& socket);

} // namespace chorus
