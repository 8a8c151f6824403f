#pragma once

#include "lane.hpp"
#include "poll_set.hpp"
#include "resolver.hpp"
#include "socket_settings.hpp"

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// What connections need of the transport. Must outlive them.
struct connection_environment {
  zmq::context_t& context;
  const socket_settings& settings;
  resolver& names;
  std::uint64_t last_serial = 0; ///< of lanes
};

/// Both lanes to one peer at one address: resolves its name, tries all of its addresses in turn, and
/// resolves it again in each round.
///
/// ZeroMQ reconnects by itself as long as that can help; the lanes are made anew for the next address
/// of the name and when nothing has come about for long (ZeroMQ gives up for good after some errors).
class connection {
public:
  /// A name all of whose addresses failed is asked for again after this.
  static constexpr std::chrono::seconds resolve_again_after{1};

  /// Whoever uses the connection. Called from within the handlers that `collect` adds.
  class user {
  public:
    virtual void received(received_message message) = 0;

    /// There is a new connection, and it can be written.
    virtual void connected() = 0;

    /// The connection of the message lane broke; ZeroMQ tries to make a new one.
    virtual void lost() = 0;

  protected:
    ~user() = default;
  };

  connection(connection_environment& environment, user& owner, const peer& self, address where);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// False if it was dropped because the lane cannot be written now.
  bool send_frame(const wire_message& message);
  bool send_datagram(const wire_message& message);

  void collect(poll_set& sockets);

  std::optional<time_point> deadline() const noexcept { return renew_at_; }
  void tick(time_point now);

  /// Lets what was sent last be written for a moment after the connection is gone.
  void close_with_farewell();

  /// Where it is connected or tries to connect, for reports.
  std::string where() const { return to_string(where_); }

  std::uint64_t times_connected() const noexcept { return times_connected_; }

private:
  void begin_round();
  void resolved(const result<std::vector<std::string>>& hosts);
  void try_next();
  void drain(lane& from);
  void take_messages();
  void take_changes();
  void attempt_failed();
  duration patience() const;
  /// Null if the system has no sockets left.
  std::unique_ptr<lane> make_lane(lane::kind what) const;

  connection_environment& environment_;
  user& owner_;
  const peer self_;
  const address where_;

  std::vector<std::string> hosts_; ///< of this round
  std::size_t next_host_ = 0;
  std::string endpoint_; ///< of the lanes
  std::unique_ptr<lane> messages_;
  std::unique_ptr<lane> datagrams_;

  bool connected_ = false;
  bool tell_when_writable_ = false;
  std::uint64_t times_connected_ = 0;
  std::optional<time_point> renew_at_;          ///< nothing while connected or resolving
  std::optional<time_point> no_datagram_since_; ///< that could be written

  /// Answers of the resolver that come after the connection's end find it gone.
  std::shared_ptr<connection*> handle_;
};

} // namespace chorus
