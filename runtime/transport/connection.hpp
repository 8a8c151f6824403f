#pragma once

#include "connection_environment.hpp"

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// Both lanes to one peer at one address: resolves its name, tries all of its addresses in turn, and
/// resolves it again in each round. A lane is opened when it is needed for the first time, and again when it
/// is needed after it was closed because it was idle.
///
/// ZeroMQ reconnects by itself as long as that can help; the lanes are made anew for the next address
/// of the name and when nothing has come about for long (ZeroMQ gives up for good after some errors).
class connection {
public:
  /// A name all of whose addresses failed is asked for again after this.
  static constexpr std::chrono::seconds resolve_again_after{1};

  /// Datagrams that wait while their lane cannot be written, the newest ones, and how long. The first answer
  /// to somebody would otherwise always be lost; and what is older says nothing any more.
  static constexpr std::size_t waiting_limit = 16;
  static constexpr std::chrono::seconds waits_at_most{1};

  /// A lane for which there was no room is asked for again after this: others close theirs meanwhile.
  static constexpr std::chrono::milliseconds room_again_after{100};

  /// Between two lanes for datagrams, one made because the other was in doubt.
  static constexpr std::chrono::seconds renewed_every{1};

  /// Whoever uses the connection. Called by the loop, never from within a call.
  class user {
  public:
    virtual void received(received_message message) = 0;

    /// There is a new connection, and it can be written.
    virtual void connected() = 0;

    /// The connection of the message lane broke; ZeroMQ tries to make a new one.
    virtual void lost() = 0;

    /// A datagram was written, or will not be any more.
    virtual void datagram_done(bool was_sent) = 0;

  protected:
    ~user() = default;
  };

  connection(connection_environment& environment, user& owner, const peer& self, address where);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// False if it was dropped because the lane cannot be written now.
  bool send_frame(const wire_message& message);

  /// `datagram_done` says what became of it.
  void send_datagram(const wire_message& message);

  /// Opens the message lane, if it is not open. `connected` follows.
  void open();

  /// Makes the lane anew, if it is connected: something on the way swallows what is sent. Nothing for a while
  /// after the last time.
  void renew_messages();
  void renew_datagrams();

  /// Whether the message lane was closed as idle, and is not connected again.
  bool sleeps() const noexcept {
    return messages_state_ == messages_state::asleep || messages_state_ == messages_state::waking;
  }

  /// Whether datagrams wait for their lane to be connected.
  bool has_waiting() const noexcept { return !waiting_.empty(); }

  /// A lane that may be closed, because nothing waits in it.
  struct idle_lane {
    std::uint64_t last_use = 0; ///< of `connection_environment::uses`
    std::size_t descriptors = 0;
    bool is_for_messages = false;
  };

  /// Appends those of this connection; the message lane only if `messages_too`.
  void list_idle(bool messages_too, std::vector<idle_lane>& lanes) const;

  /// Closes those of them that were not used after `use`. Gives their number.
  std::size_t close_idle(bool messages_too, std::uint64_t use);

  /// Lets what was sent last, on both lanes, be written for a moment after the connection is gone. Nothing is
  /// tried any more.
  void close_with_farewell();

  /// Where it is connected or tries to connect, for reports.
  std::string where() const { return to_string(where_); }

  std::uint64_t times_connected() const noexcept { return times_connected_; }

private:
  /// Of the lane for messages. There may be a lane from `waking` on; there is one when it is connected.
  enum class messages_state : std::uint8_t {
    unused,     ///< nobody has asked for it
    asleep,     ///< closed as idle
    waking,     ///< asked for again after it was closed, and not connected since
    connecting, ///< asked for, or its connection broke
    connected,  ///< ZeroMQ says so; the user is told once it can be written
    open,       ///< the user was told
  };

  bool wants_messages() const noexcept;
  bool is_connected() const noexcept { return messages_state_ >= messages_state::connected; }
  bool messages_are_idle() const;
  bool datagrams_are_idle() const;
  void open_lanes();
  void make_lanes();
  void begin_round();
  void resolved(const result<std::vector<std::string>>& hosts);
  void renew();
  void try_next();
  void open_messages();
  void open_datagrams();
  void close_messages();
  void close_datagrams();
  bool drain(const std::unique_ptr<lane>& from);
  bool take_messages();
  bool take_datagrams();
  bool take_changes();
  void write_waiting();
  void drop_waiting();
  void attempt_failed();
  duration patience() const;

  connection_environment& environment_;
  user& owner_;
  const peer self_;
  const address where_;

  std::vector<std::string> hosts_; ///< of this round
  std::size_t next_host_ = 0;
  std::string endpoint_; ///< of the lanes
  std::unique_ptr<lane> messages_;
  std::unique_ptr<lane> datagrams_;
  poll_set::watch watch_changes_;
  poll_set::watch watch_messages_;
  poll_set::watch watch_datagrams_;
  std::deque<wire_message> waiting_; ///< datagrams
  time_point datagrams_opened_at_;

  messages_state messages_state_ = messages_state::unused;
  bool wants_datagrams_ = false;
  bool is_resolving_ = false;
  std::uint64_t messages_used_ = 0; ///< last
  std::uint64_t datagrams_used_ = 0;
  std::uint64_t times_connected_ = 0;
  std::optional<time_point> no_datagram_since_; ///< that could be written
  timer_heap::timer renew_timer_;               ///< not armed while connected, resolving or closed
  timer_heap::timer room_timer_;                ///< armed while a lane could not be made
  timer_heap::timer waiting_timer_;             ///< armed while datagrams wait

  /// Answers of the resolver that come after the connection's end find it gone.
  std::shared_ptr<connection*> handle_;
};

} // namespace chorus
