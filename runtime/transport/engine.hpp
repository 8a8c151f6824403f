#pragma once

#include "connection.hpp"
#include "connection_attempts.hpp"
#include "counters.hpp"
#include "descriptor_budget.hpp"
#include "descriptor_reserve.hpp"
#include "door.hpp"
#include "earlier_messages.hpp"
#include "envelope.hpp"
#include "io_loop.hpp"
#include "listener.hpp"
#include "peer_link.hpp"
#include "ready_list.hpp"
#include "resolver.hpp"
#include "return_paths.hpp"
#include "seed_connections.hpp"
#include "socket_settings.hpp"
#include "timer_heap.hpp"

#include <chorus/runtime/rate_limit.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <zmq.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace chorus {

/// What is behind `transport`: the sockets, the links and the thread that turns them.
class transport::implementation final : private io_loop::participant, private door::user {
public:
  static result<std::unique_ptr<implementation>> open(transport_options options, transport_events& events);

  implementation(
      transport_options options,
      transport_events& events,
      const socket_settings& settings,
      const descriptor_budget& descriptors,
      zmq::context_t context,
      listener incoming
  );
  ~implementation() override;

  const address& listening_on() const noexcept { return incoming_.bound; }
  error start();
  void stop();
  void join();
  bool post(io_loop::task what) { return loop_.post(std::move(what)); }
  bool lend_thread(std::function<void(bool)> work);
  transport_counters counters() const noexcept { return counters_.snapshot(); }

  void add_peer(
      const peer& who, const address& where, relation_number relation, bool says_hello, std::uint64_t nonce
  );
  void remove_peer(const peer& who, const link::input& why);
  std::shared_ptr<outbox> outbox_of(const peer& who, link::channel_number channel) const;
  bool send_datagram(const peer& to, const byte_buffer& payload);
  void send_datagram(const address& where, byte_buffer payload);
  void doubt(const peer& who);
  void reply_datagram(const peer& to, byte_buffer payload);
  void try_connection(const address& where, connection_attempts::goal what, connection_attempts::answer done);
  void arm(std::uint64_t key, std::optional<time_point> when, io_loop::task what);

private:
  /// Where a message came in, and so where an answer goes.
  struct origin {
    std::string where;                          ///< of a connection of our own
    peer_link* link = nullptr;                  ///< a DEALER of this link
    const zmq::message_t* connection = nullptr; ///< the ROUTER's name for it; answers are possible
    int descriptor = -1;                        ///< the door's name for it
    const address* contact = nullptr;           ///< to which datagrams were sent over it
  };

  void turn(time_point now) override;
  std::optional<time_point> next_turn() const override;
  void turn_ended(duration took) override;

  void look_at(const peer& who, time_point now);
  bool take_incoming();
  void look_at_connections(time_point now);
  void accept(received_message message, const origin& from);
  void accept(const envelope::link_frame& ends, const received_message& message, const origin& from);
  void accept(const envelope::datagram& what, const origin& from);
  void accept(const envelope::refusal& what, const origin& from);
  void accept(const envelope::other_version& what, const origin& from);
  void answer(const received_message& message, const origin& to);
  void answer(const origin& to, envelope::refusal::why reason);
  void report(const origin& from, error reason);
  void report(const std::string& where, error reason);
  void happened(door::event what, const std::string& host) override;

  peer_link* find(const peer& who) const;
  void let_go(std::shared_ptr<peer_link> ended);
  wire_message to_datagram(byte_buffer payload, std::string name = {}) const;
  void look_for_idle_lanes();
  void sweep_earlier_messages();
  void close_lanes(std::uint64_t use);
  void make_room_for_lanes();
  void tell_shortage();
  void begin_stop();
  void check_thread() const;

  transport_options options_;
  transport_events& events_;
  const socket_settings settings_;
  shared_counters counters_;

  zmq::context_t context_;
  listener incoming_;
  descriptor_reserve reserve_;
  descriptor_budget descriptors_;
  door door_;
  io_loop loop_;
  resolver names_;
  std::shared_ptr<ready_list> ready_;
  connection_environment connections_;
  peer_link::environment around_links_;

  std::map<peer, std::shared_ptr<peer_link>> links_;
  earlier_messages earlier_messages_;
  timer_heap::timer earlier_messages_timer_;          ///< armed while there are some
  std::map<std::uint64_t, timer_heap::timer> alarms_; ///< of the node, by key
  seed_connections seeds_;
  connection_attempts attempts_;
  poll_set::watch watch_door_;
  poll_set::watch watch_incoming_;
  rate_limit reports_;
  return_paths return_paths_;
  timer_heap::timer idle_timer_;      ///< armed while there are too many links to keep all open
  std::uint64_t uses_at_look_ = 0;    ///< of lanes
  std::size_t links_at_shortage_ = 0; ///< when that was told last
  bool stopping_ = false;

  std::once_flag stopped_once_;
  std::once_flag joined_once_;
  std::thread thread_;
  std::thread deputy_;
};

} // namespace chorus
