#include "peer_link.hpp"

#include "io_loop.hpp"

#include <utility>

namespace chorus {

namespace {

/// Consumed bytes wait in the outbox until they are this part of the window, or until a frame comes in:
/// small beside the quarter of the window that the link itself saves up before it tells (link/receiver.cpp).
constexpr std::size_t parts_of_window = 16;

/// Resends without any answer, about four seconds of them, after which a new connection is tried.
constexpr int tries_for_a_connection = 4;

/// Lists the link to `other`: from any thread, also after the link's end.
std::function<void()> lister(const std::shared_ptr<ready_list>& list, const peer& other) {
  return [list, place = std::make_shared<ready_list::place>(other)] { list->add(place); };
}

} // namespace

peer_link::peer_link(
    environment& around,
    const link::config& settings,
    const address& where,
    const std::vector<std::shared_ptr<consumption>>& consumed,
    bool starts_now
)
    : around_(around), settings_(settings), request_turn_(lister(around.ready, settings.other)),
      connection_(around.connections, *this, settings.self, where),
      timer_(around.connections.timers, request_turn_) {
  for (std::size_t number = 0; number < settings_.channels.size(); ++number) {
    const auto& channel = settings_.channels[number];
    outboxes_.push_back(std::make_shared<outbox>(
        channel.send_buffer_bytes,
        channel.send_reserve_bytes,
        request_turn_,
        channel.message_bytes,
        channel.receive_window_bytes / parts_of_window,
        consumed.at(number)
    ));
  }
  if (starts_now)
    start();
}

void peer_link::start() {
  // Its first frame finds no connection yet; the core is told when there is one.
  if (make_core())
    driver_->perform();
}

/// False if there is one.
bool peer_link::make_core() {
  if (driver_)
    return false;
  network_seam& network = *this;
  clock_seam& clock = *this;
  driver_.emplace(link::core{steady_now(), settings_}, *this, network, clock);
  return true;
}

void peer_link::receive(const peer& source, const shared_bytes& head, const shared_bytes& body) {
  if (ended_)
    return;
  heard_ = true;
  make_core(); // a hello is answered with a welcome, not with a hello
  for (link::channel_number number = 0; number < outboxes_.size(); ++number)
    if (auto bytes = outboxes_[number]->take_consumed(); bytes > 0)
      driver_->apply_in_batch(link::consumed{bytes, number});
  driver_->receive(source, head, body);
  request_turn_while_closing();
}

void peer_link::turn(time_point now) {
  if (ended_)
    return;
  hand_over(now);
  if (wake_at_ && *wake_at_ <= now)
    try_again();
  if (!ended_ && close_at_ && may_close(now))
    end(link::close{}, link::closed::why::closed_here);
}

/// The timer has fired: an acknowledgement is due, or a resend timed out. A connection over which frames go
/// out and nothing comes back is replaced after a while: TCP knows only the next machine on the way.
void peer_link::try_again() {
  tries_unheard_ = std::exchange(heard_, false) ? 0 : tries_unheard_ + 1;
  if (tries_unheard_ == tries_for_a_connection) {
    tries_unheard_ = 0;
    connection_.renew_messages();
  }
  driver_->wake();
}

/// Once nothing is under way; and a goodbye needs a connection, by datagram as on the link.
bool peer_link::may_close(time_point now) const {
  auto is_settled = !driver_ || (driver_->core().settled() && !connection_.sleeps());
  return *close_at_ <= now || (is_settled && !connection_.has_waiting());
}

/// Whoever never had anything to say ends without a word.
void peer_link::end(const link::input& how, link::closed::why reason) {
  if (ended_)
    return;
  if (driver_)
    driver_->apply(how);
  else
    perform(link::closed{reason, {}});
}

bool peer_link::is_quiet() const {
  return driver_ && driver_->core().is_established() && driver_->core().settled();
}

void peer_link::list_idle(std::vector<connection::idle_lane>& lanes) const {
  if (!ended_ && !close_at_)
    connection_.list_idle(is_quiet(), lanes);
}

std::size_t peer_link::close_idle(std::uint64_t use) {
  return ended_ || close_at_ ? 0 : connection_.close_idle(is_quiet(), use);
}

/// Something has changed on which `may_close` depends.
void peer_link::request_turn_while_closing() {
  if (close_at_)
    request_turn_();
}

void peer_link::arm_timer() {
  timer_.arm(ended_ ? std::nullopt : earliest(wake_at_, close_at_));
}

void peer_link::close(time_point until) {
  if (ended_)
    return;
  close_outboxes();
  if (connection_.sleeps())
    connection_.open();
  close_at_ = close_at_ ? std::min(*close_at_, until) : until;
  arm_timer();
  request_turn_();
}

void peer_link::abandon() {
  end(link::abandon{}, link::closed::why::abandoned);
}

// -- what the core wants done ------------------------------------------------------------------------

void peer_link::perform(const link::established&) {
  around_.events.link_established(who());
}

void peer_link::perform(link::delivered&& message) {
  around_.events.message_delivered(who(), std::move(message));
}

void peer_link::perform(link::refused&& message) {
  if (message.reason == link::refused::why::closed)
    close_outboxes(); // first, so that nobody is told of the room that this makes
  outboxes_[message.channel]->release(message.payload.size() + link::message_overhead);
  around_.events.message_refused(who(), std::move(message));
}

void peer_link::perform(const link::released& room) {
  outboxes_[room.channel]->release(room.bytes);
}

void peer_link::perform(link::closed&& end) {
  ended_ = true;
  refuse_leftovers();
  connection_.close_with_farewell();
  arm_timer();
  request_turn_(); // to be let go
  around_.events.link_closed(who(), end);
}

void peer_link::malformed(const peer&, const error&) {
  ++around_.counters.frames_malformed;
}

void peer_link::send(const peer&, wire_message message) {
  if (connection_.send_frame(message))
    ++around_.counters.frames_sent;
  else
    ++around_.counters.frames_dropped_unwritable;
}

time_point peer_link::now() const {
  return batch_begin_ ? *batch_begin_ : steady_now();
}

void peer_link::arm(std::optional<time_point> deadline) {
  wake_at_ = deadline;
  arm_timer();
}

// -- what the connection says ------------------------------------------------------------------------

void peer_link::received(received_message message) {
  around_.answered(*this, std::move(message));
}

void peer_link::connected() {
  if (connection_.times_connected() > 1)
    ++around_.counters.reconnects;
  if (!ended_)
    driver_->apply(link::reconnected{});
  request_turn_while_closing();
}

void peer_link::lost() {
  if (!ended_)
    around_.events.connection_lost(who());
}

void peer_link::datagram_done(bool was_sent) {
  ++(was_sent ? around_.counters.datagrams_sent : around_.counters.datagrams_dropped);
  request_turn_while_closing();
}

// -- what other threads have left --------------------------------------------------------------------

/// All at once, so that they share frames.
void peer_link::hand_over(time_point now) {
  auto is_something = false;
  for (link::channel_number number = 0; number < outboxes_.size(); ++number) {
    auto batch = outboxes_[number]->take();
    if (batch.consumed_bytes == 0 && batch.messages.empty())
      continue;
    is_something = true;
    start();            // consumed may be what relations before this one have left
    batch_begin_ = now; // asking for the time costs more than a small message
    if (batch.consumed_bytes > 0)
      driver_->apply_in_batch(link::consumed{batch.consumed_bytes, number});
    for (auto& message : batch.messages) {
      message.channel = number;
      driver_->apply_in_batch(std::move(message));
    }
    batch_begin_.reset();
  }
  if (is_something)
    driver_->perform();
}

void peer_link::close_outboxes() {
  for (auto& each : outboxes_)
    each->close();
}

void peer_link::refuse_leftovers() {
  close_outboxes();
  for (link::channel_number number = 0; number < outboxes_.size(); ++number)
    for (auto& message : outboxes_[number]->take_leftovers())
      perform(link::refused{message.pair, std::move(message.payload), link::refused::why::closed, number});
}

} // namespace chorus
