#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// What a plain TCP connection to an address has met.
enum class connection_outcome : std::uint8_t {
  open,         ///< somebody listens; who, was not asked
  refused,      ///< the machine answers that nobody does, for every address that the name has
  no_answer,    ///< in time; or the network cannot be reached, or too many were asked
  unknown_host, ///< the name does not resolve
  foreign,      ///< of `try_zeromq` only: somebody listens who says something else than ZeroMQ, or hangs up
  silent,       ///< of `try_zeromq` only: the connection is open, and no greeting came over it in time
};

/// What the transport tells its node. Every call comes from the I/O thread and must return soon:
/// all links wait meanwhile.
class transport_events {
public:
  virtual ~transport_events() = default;

  /// The link to `who` is open in both directions.
  virtual void link_established(const peer& who) = 0;

  /// Somebody without a link says hello. If a link is opened from within, it takes the hello. `nonce`: of its
  /// process.
  virtual void peer_greeted(const peer&, std::uint64_t) {}

  /// A message, once and in order for its pair. Give `message.cost` back through `outbox::consumed` of its
  /// channel.
  virtual void message_delivered(const peer& from, link::delivered message) = 0;

  /// A message that was accepted by an outbox and is not delivered: it found no room in the link, the other
  /// node does not have its channel, or the link has ended before all of it had left. In the latter case
  /// `link_closed` follows.
  virtual void message_refused(const peer& to, link::refused message) = 0;

  /// The link has ended; nothing more will be delivered from this incarnation.
  virtual void link_closed(const peer& who, const link::closed& end) = 0;

  /// The connection that carries messages to this peer broke: its process may have ended, or something
  /// between here and there. The transport connects again by itself, and the link goes on. A hint and no
  /// more: when a peer ends in order this may be told just before `link_closed`, because its goodbye travels
  /// on another connection. Not reported by default.
  virtual void connection_lost(const peer&) {}

  /// A datagram of a node of this cluster. `from` is what the sender says of itself.
  virtual void datagram_received(const peer& from, shared_bytes payload) = 0;

  /// Whoever answers to datagrams that were sent to this address belongs to another cluster, or speaks
  /// another version of the protocol. Told each time. Not reported by default.
  virtual void contact_refused(const address&, const error&) {}

  /// Somebody at `where` does not talk to us as a member of this cluster does: another cluster or version,
  /// no chorus node, too many connections. Reported at most once in a while for each address.
  virtual void stranger_met(const std::string& where, const error& reason) = 0;
};

struct transport_options {
  std::string cluster;
  peer self;
  std::uint64_t nonce = 0; ///< of this process, for its hellos
  address listen;          ///< port 0 takes a free one
  link::config link;       ///< limits and times; cluster and ends are filled in for each link
  duration flush_within = std::chrono::seconds{2};     ///< how long `stop` waits for acknowledgements
  duration handshake_within = std::chrono::seconds{5}; ///< for ZeroMQ's own handshake with a connection
  /// With more peers than that, or than the process has descriptors for (`ulimit -n`), connections to them
  /// are opened when they are needed, and closed when nothing went over them for once or twice `idle_after`,
  /// or sooner when their descriptors are needed for others.
  std::size_t links_kept_open = 64;
  duration idle_after = std::chrono::seconds{30};
  duration connection_attempt_within = std::chrono::seconds{1}; ///< for an answer to `try_connection`
  /// Of others at a time; at most half of the descriptors that are there for connections
  /// (descriptor_budget.hpp).
  std::size_t connections = 4096;
  /// The I/O thread does not sleep for so long after it has lent itself to a lone message: costs a part of a
  /// core while those come one by one, and saves what waking a thread takes.
  duration busy_poll = std::chrono::microseconds{100};
};

/// What the transport has seen, for logs and tests. A snapshot.
struct transport_counters {
  std::uint64_t frames_sent = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t frames_dropped_unwritable = 0; ///< not written because the socket could not take them
  std::uint64_t frames_malformed = 0;
  std::uint64_t frames_of_strangers = 0; ///< wrong cluster, version or life, or without a link here
  std::uint64_t datagrams_sent = 0;
  std::uint64_t datagrams_received = 0;
  std::uint64_t datagrams_dropped = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t lanes_closed_idle = 0; ///< connections of this node's own; opened again when they are needed
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0; ///< ended because there were too many
  std::uint64_t accepts_failed =
      0; ///< for want of a descriptor; each connection that waits fails a few times
  std::uint64_t handshakes_failed = 0;    ///< no ZeroMQ, not of a fitting kind, or too slow
  std::uint64_t messages_without_end = 0; ///< the connection was ended before it filled the memory
  std::uint64_t turns = 0;                ///< of the I/O thread
  std::uint64_t links_looked_at = 0;      ///< in all turns: those that had something to do
  duration longest_turn{};                ///< by the clock, from one wait to the next, without lent work
};

/// Moves the frames of links and the datagrams of the failure detector over ZeroMQ.
///
/// One I/O thread owns all sockets: a bound ROUTER for what comes in, and for each peer two DEALERs
/// for what goes out, one per lane (datagrams are never stuck behind messages). It runs one
/// `driver<link::core>` for each peer. It does not decide who is a peer: the node does.
///
/// Thread rules: as said for each function; "I/O thread" means from within an event, a posted task
/// or a timer.
class transport {
public:
  /// Binds the listening socket. Errors: address_in_use, permission_denied, invalid_argument (the
  /// interface does not exist, the name does not resolve), io (the process has too few file descriptors, or
  /// the system fails). `events` must outlive the transport.
  static result<std::unique_ptr<transport>> open(transport_options options, transport_events& events);

  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// The address that is really bound, with the port that was taken. Any thread.
  const address& listening_on() const noexcept;

  /// Starts the I/O thread. Once, from the opening thread. Error: io (the system has no thread left); then it
  /// can only be destroyed.
  error start();

  /// Says goodbye to all peers, waits for acknowledgements at most `flush_within`, ends the I/O loop and
  /// closes all sockets: from then on no event is told. Lent work that takes long may still run.
  /// Idempotent. Any thread, but not from within an event, a task or a timer.
  void stop();

  /// Waits for lent work, and ends the threads. Idempotent. Pre: stopped; any thread but those that did the
  /// I/O. Destruction does both.
  void join();

  /// Runs `task` in the I/O thread, in the order of the calls. Any thread. After `stop` the task is
  /// dropped and false is returned.
  bool post(std::function<void()> task);

  /// The time of the steady clock. Any thread.
  time_point now() const;

  /// Any thread.
  transport_counters counters() const;

  // -- in the I/O thread ------------------------------------------------------------------------

  /// Opens a link to `who` at `where`; a no-op if there is one. `relation` is greater than any number before.
  /// With `says_hello` it shakes hands at once; without, `who` has said hello, and the link waits for it.
  /// `nonce`: of that process; the link is deaf to others that claim to be it.
  /// Names are resolved by the transport, all addresses of a name are tried, and it is resolved again on
  /// reconnect.
  void add_peer(
      const peer& who,
      const address& where,
      relation_number relation,
      bool says_hello = true,
      std::uint64_t nonce = 0
  );

  /// Ends the link: `abandon` at once, `close` after what is queued was flushed or
  /// `flush_within` is over. `link_closed` follows. A no-op without a link.
  void remove_peer(const peer& who, const link::input& why);

  /// Does `work(true)` in this thread, once what has arrived is handled: a received message may then be
  /// answered without waking another thread. When it takes longer than about 2 ms, another thread becomes the
  /// I/O thread; so work may block. `work(false)` gives it back without doing it. At most one piece at a
  /// time: false, and the caller keeps it, if there is one already or no thread could take over.
  [[nodiscard]] bool lend_thread(std::function<void(bool here)> work);

  /// The sending side of a channel of the link to `who`; null without a link. Keep it: it works from any
  /// thread, and its `send` answers `node_down` after the link's end.
  std::shared_ptr<outbox> outbox_of(const peer& who, link::channel_number channel = 0) const;

  /// Best effort to a peer that was added; it waits a moment for its connection, or is dropped. False if
  /// there is no link to it. Pre: at most `limits::datagram_bytes`.
  bool send_datagram(const peer& to, const byte_buffer& payload);

  /// The failure detector has sent datagrams to `who` and heard nothing: perhaps only their connection is
  /// bad. The next one goes over a new one; what waits in the old one is dropped.
  void doubt(const peer& who);

  /// Best effort to whoever listens at `where`, for seeds: at all addresses that the name has. The
  /// connection is kept for a while; until there is one, the newest datagram waits for a moment.
  void send_datagram(const address& where, byte_buffer payload);

  /// Best effort to somebody who is no peer, over the connection on which it has sent its latest datagram:
  /// for those to whom no connection can be made. Dropped if that connection is gone, or was not one of the
  /// latest 64.
  void reply_datagram(const peer& to, byte_buffer payload);

  /// Finds out whether anybody accepts TCP connections at `where`, by one that is closed again at once. Calls
  /// `done` once, later and in the I/O thread; not at all after `stop`.
  void try_connection(const address& where, std::function<void(connection_outcome)> done);

  /// As `try_connection`, and tells ZeroMQ from others who listen. Takes longer: for the log.
  void try_zeromq(const address& where, std::function<void(connection_outcome)> done);

  /// Calls `task` in the I/O thread at `when` or soon after; a new call with the same `key` replaces
  /// the earlier one, no time cancels it.
  void arm(std::uint64_t key, std::optional<time_point> when, std::function<void()> task);

private:
  class implementation;
  explicit transport(std::unique_ptr<implementation> content);
  std::unique_ptr<implementation> content_;
};

} // namespace chorus
