#pragma once

#include "descriptor_budget.hpp"
#include "messages.hpp"
#include "socket_calls.hpp"
#include "socket_settings.hpp"

#include <chorus/runtime/ids.hpp>

#include <zmq.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace chorus {

/// One DEALER: one lane to one address. ZeroMQ connects it, and again when the connection breaks.
/// Nothing waits in it while it is not connected (`ZMQ_IMMEDIATE`), so nothing old is ever handed to
/// whoever listens there next.
class lane {
public:
  /// Datagrams have a connection of their own, so that they are never stuck behind messages.
  enum class kind : char { messages = 'm', datagrams = 'd' };

  /// What may be taken from one lane in one turn, so that none starves the others.
  static constexpr std::size_t messages_per_turn = 64;

  /// What became of the connection. Only lanes of messages are watched; the others follow them.
  enum class change {
    connected,      ///< and ZeroMQ's handshake done: it can be written
    attempt_failed, ///< ZeroMQ will try again, if it can
    lost,
  };

  /// `endpoint` as ZeroMQ takes it, its host in digits. `self` and `serial` make the routing id unique: never
  /// two connections that a ROUTER could take for one. `descriptors` are those that it needs.
  lane(
      zmq::context_t& context,
      const socket_settings& settings,
      kind what,
      const peer& self,
      std::uint64_t serial,
      const std::string& endpoint,
      descriptor_budget::lease descriptors
  );

  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Without waiting; false if it was dropped because the lane is not connected or full.
  bool send(const wire_message& message) { return send_to_dealer(socket_, message); }

  std::optional<received_message> receive() { return receive_from_dealer(socket_); }

  /// The next change of the connection, nothing if there is none. Pre: a lane of messages.
  std::optional<change> next_change();

  /// Lets what was sent last be written for a moment after the lane is gone.
  void close_with_farewell();

  /// `ZMQ_POLLIN` and `ZMQ_POLLOUT`, as they are now. What was true before may have become known only by
  /// asking, so who asks has to heed both.
  short ready() const { return events_of(socket_); }

  zmq::socket_t& socket() noexcept { return socket_; }
  zmq::socket_t& monitor() noexcept { return monitor_; }

private:
  descriptor_budget::lease descriptors_; ///< ends after the sockets
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
};

} // namespace chorus
