#pragma once

#include "accepted_connection.hpp"
#include "descriptor_budget.hpp"
#include "descriptor_reserve.hpp"

#include <chorus/runtime/time.hpp>

#include <zmq.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace chorus {

/// Keeps the connections that others have made to the listening ROUTER within bounds that ZeroMQ does not
/// know: how many there are at a time, and how much one may send without coming to the end of a message.
///
/// ZeroMQ accepts whoever comes. Its monitor tells the door of each connection, and the door ends those
/// that are too many: of the silent ones the oldest, so that strangers who say nothing cannot lock out
/// members; and the newcomer when all have spoken. Who speaks is known to those who understand it
/// (`has_spoken`).
///
/// There are too many when the budget says so, or when the process has no descriptors left, whoever uses
/// them: then one of the reserve lets ZeroMQ accept the connection that waits, and the door ends it or
/// another one.
///
/// Parts of a message are kept by ZeroMQ until the last one is there, and it takes any number of them. So
/// the door looks at what the system has received on each connection since its last message.
///
/// Thread rules: the I/O thread only.
class door {
public:
  /// Between looks at what connections have received.
  static constexpr std::chrono::milliseconds look_every{100};

  /// Processor time that all threads but the I/O thread have used since the last look and that makes another
  /// one worth while: with less, ZeroMQ cannot have read more than a few megabytes from all connections
  /// together.
  static constexpr std::chrono::milliseconds look_after_work{1};

  /// Connections that are looked at in one turn, in about a third of a millisecond. The others have to wait
  /// for the next turns.
  static constexpr std::size_t looks_per_turn = 256;

  /// Connections that may end before a handshake was seen within that time and count as questions; more are
  /// failed handshakes. Those of members that hang up are not counted.
  static constexpr std::size_t questions_of_others = 4;
  static constexpr std::chrono::seconds questions_within{10};

  struct settings {
    std::uint16_t port = 0;             ///< the one that is listened on
    std::uint64_t incomplete_bytes = 0; ///< that a connection may send without ending a message
  };

  /// What happened at the door, for counters and reports.
  enum class event {
    accepted,
    hung_up,            ///< before a handshake, as somebody does who only asks whether anybody listens, or
                        ///< who has come and gone before anybody looked
    ended_in_handshake, ///< by the other side, by time, or because it was no ZeroMQ of a fitting kind
    one_too_many,       ///< and was ended, or made another one end
    message_too_long,   ///< without its end; the connection was ended
    out_of_descriptors, ///< the process has none left for the next one
  };
  class user {
  public:
    virtual void happened(event what, const std::string& host) = 0;

  protected:
    ~user() = default;
  };

  /// What a door needs of a ROUTER that is not bound yet. Throws `zmq::error_t`. `name` is no other's in
  /// this context. What happens is kept until the door reads it; when that is much, ZeroMQ accepts nobody.
  static zmq::socket_t watch(zmq::context_t& context, zmq::socket_t& router, const std::string& name);

  /// `descriptors` and `reserve` must outlive it.
  door(
      zmq::socket_t events,
      const settings& how,
      descriptor_budget& descriptors,
      descriptor_reserve& reserve,
      user& owner
  );

  /// Readable when `take_events` has something to do.
  zmq::socket_t& events() noexcept { return events_; }
  [[nodiscard]] bool take_events(); ///< true if there may be more

  /// A message came in on this connection. True if that is known here.
  bool message_came(int descriptor);

  /// What came was what only members say.
  void has_spoken(int descriptor);

  /// All messages that were complete have been taken.
  void all_taken();

  /// In digits; "unknown address" for one that is gone.
  std::string host_of(int descriptor) const;

  std::optional<time_point> deadline() const;
  void tick(time_point now);

  /// Before the ROUTER's end.
  void close() { events_.close(); }

private:
  /// What the process has used since its start.
  struct processor_time {
    duration of_process{};
    duration of_thread{}; ///< which has measured
    std::thread::id thread;

    static processor_time now();

    /// Of all threads but this one, since `earlier`; of all threads, if another one has measured then.
    duration of_others_since(const processor_time& earlier) const;
  };

  struct connection {
    std::uint64_t number = 0; ///< in the order of their coming
    std::string host;
    bool has_spoken = false;
    bool is_ended = false;                      ///< by the door; ZeroMQ will tell when it has noticed
    std::optional<std::uint64_t> bytes_at_last; ///< read when the door looked after the last message
    std::optional<std::uint64_t> suspected_in;  ///< the round in which there were too many since
  };
  using connections = std::map<int, connection>;

  bool take_some_events();
  void accepted(int descriptor);
  void disconnected(int descriptor);
  void accept_failed(int code);
  void lend_descriptor();
  void count_connections();
  void handshake_succeeded();
  void make_room();
  void end(connections::iterator which);
  bool is_question(std::optional<event> told, const connection& gone);
  void begin_look(time_point now);
  void look_at(connections::iterator which, time_point now);
  bool looks_endless(int descriptor, connection& what) const;

  const settings settings_;
  descriptor_budget& descriptors_;
  descriptor_reserve& reserve_;
  user& owner_;
  accepted_connection::ender ender_;
  zmq::socket_t events_;
  /// By ZeroMQ's descriptor.
  connections open_;
  std::set<std::pair<std::uint64_t, int>> silent_; ///< not ended; the oldest first
  std::set<std::pair<std::uint64_t, int>> in_handshake_;
  std::map<std::string, std::size_t> spoken_at_; ///< connections on which members have spoken, by host
  std::size_t ended_ = 0;                        ///< of `open_`
  std::size_t nameless_handshakes_ = 0;          ///< of connections that ended before they were looked at
  std::size_t questions_ = 0;
  time_point questions_since_{};
  std::uint64_t last_number_ = 0;
  bool lacks_descriptor_ = false; ///< ZeroMQ could not accept a connection
  std::optional<event> failure_;  ///< of the handshake of the connection whose end is told next

  /// Rounds in each of which every connection with a complete message was served: ZeroMQ takes turns.
  std::uint64_t round_ = 0;
  std::size_t taken_in_round_ = 0;
  time_point look_at_{};
  std::optional<int> look_from_; ///< the descriptor, while a look goes on over some turns
  time_point next_look_{};       ///< when all were looked at
  processor_time work_at_look_;
  bool suspects_ = false; ///< somebody, since the last look
};

} // namespace chorus
