#pragma once

#include "connection.hpp"
#include "counters.hpp"
#include "ready_list.hpp"
#include "timer_heap.hpp"

#include <chorus/runtime/driver.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/transport/outbox.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// One link: the protocol core of this end, the outboxes that feed it, one for each channel, and the
/// connection that carries its frames.
class peer_link final : private connection::user, private network_seam, private clock_seam {
public:
  /// The transport around its links. Must outlive them.
  struct environment {
    connection_environment& connections;
    transport_events& events;
    shared_counters& counters;
    std::shared_ptr<ready_list> ready; ///< shared with outboxes, which may outlive the transport
    std::function<void(peer_link& at, received_message what)> answered; ///< what came in on a DEALER
  };

  /// `consumed`: of this life's messages, in all relations, by channel. `starts_now`: shakes hands at once,
  /// else when the other side says hello.
  peer_link(
      environment& around,
      const link::config& settings,
      const address& where,
      const std::vector<std::shared_ptr<consumption>>& consumed,
      bool starts_now
  );

  peer_link(const peer_link&) = delete;
  peer_link& operator=(const peer_link&) = delete;

  const peer& who() const noexcept { return settings_.other; }
  std::string where() const { return connection_.where(); }
  const std::shared_ptr<outbox>& sending_side(link::channel_number channel) const {
    return outboxes_.at(channel);
  }

  /// A frame of this link, as bytes.
  void receive(const peer& source, const shared_bytes& head, const shared_bytes& body);

  void send_datagram(const wire_message& message) { connection_.send_datagram(message); }

  /// Nothing is heard from the peer by datagrams.
  void doubt() { connection_.renew_datagrams(); }

  /// Appends the lanes on which nothing is under way.
  void list_idle(std::vector<connection::idle_lane>& lanes) const;

  /// Closes those of them that were not used after `use`; they are opened again when they are needed. Gives
  /// their number.
  std::size_t close_idle(std::uint64_t use);

  /// Hands over what other threads have left in the outbox, and does what is due. To be called when the link
  /// was on the ready list: it lists itself when something is due, and when it has ended.
  void turn(time_point now);

  /// Takes no more messages, and ends once all are acknowledged or at `until`.
  void close(time_point until);

  /// Ends at once.
  void abandon();

  bool has_ended() const noexcept { return ended_; }

  /// As `link::core::unconsumed`, without what is still to be taken from the consumption.
  std::size_t unconsumed(link::channel_number channel) const {
    return driver_ ? driver_->core().unconsumed(channel) : settings_.channels.at(channel).held_bytes;
  }

private:
  using link_driver = driver<link::core, link::wire, peer_link>;
  friend link_driver;

  // what the driver calls
  void perform(const link::established&);
  void perform(link::delivered&& message);
  void perform(link::refused&& message);
  void perform(const link::released& room);
  void perform(link::closed&& end);
  void malformed(const peer& from, const error& problem);
  void send(const peer& to, wire_message message) override;
  time_point now() const override;
  void arm(std::optional<time_point> deadline) override;

  // what the connection calls
  void received(received_message message) override;
  void connected() override;
  void lost() override;
  void datagram_done(bool was_sent) override;

  void request_turn_while_closing();
  void arm_timer();
  void start();
  bool make_core();
  void try_again();
  void end(const link::input& how, link::closed::why reason);
  bool may_close(time_point now) const;
  bool is_quiet() const;
  void hand_over(time_point now);
  void close_outboxes();
  void refuse_leftovers();

  environment& around_;
  const link::config settings_;
  const std::function<void()> request_turn_;      ///< any thread, also after the end of the transport
  std::vector<std::shared_ptr<outbox>> outboxes_; ///< by channel
  connection connection_;
  std::optional<link_driver> driver_;     ///< since the start
  std::optional<time_point> batch_begin_; ///< while messages of other threads are handed over
  std::optional<time_point> wake_at_;     ///< the core's deadline
  timer_heap::timer timer_;               ///< for `wake_at_` and `close_at_`
  bool heard_ = false;                    ///< since the timer ran last
  int tries_unheard_ = 0;
  std::optional<time_point> close_at_;
  bool ended_ = false;
};

} // namespace chorus
