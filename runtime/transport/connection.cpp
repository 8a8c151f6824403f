#include "connection.hpp"

#include "host.hpp"
#include "io_loop.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

connection::connection(connection_environment& environment, user& owner, const peer& self, address where)
    : environment_(environment), owner_(owner), self_(self), where_(std::move(where)),
      renew_timer_(environment.timers, [this] { renew(); }),
      room_timer_(environment.timers, [this] { make_lanes(); }),
      waiting_timer_(environment.timers, [this] { drop_waiting(); }),
      handle_(std::make_shared<connection*>(this)) {}

bool connection::send_frame(const wire_message& message) {
  messages_used_ = ++environment_.uses;
  if (!wants_messages())
    open();
  watch_messages_.look_again();
  return messages_ && messages_->send(message);
}

void connection::send_datagram(const wire_message& message) {
  datagrams_used_ = ++environment_.uses;
  if (!std::exchange(wants_datagrams_, true))
    open_lanes();
  watch_datagrams_.look_again();
  if (waiting_.empty() && datagrams_ && datagrams_->send(message)) {
    no_datagram_since_.reset();
    if (!messages_)
      renew_timer_.cancel();
    return owner_.datagram_done(true);
  }
  auto now = steady_now();
  if (waiting_.size() == waiting_limit) {
    waiting_.pop_front();
    owner_.datagram_done(false);
  }
  waiting_.push_back(message);
  waiting_timer_.arm(now + waits_at_most);
  // The lane is not watched. When the other one is connected and this one is not for long, ZeroMQ has
  // given it up.
  if (!no_datagram_since_) {
    no_datagram_since_ = now;
  } else if ((is_connected() || !messages_) && now - *no_datagram_since_ > patience()) {
    renew_datagrams();
  }
}

void connection::open() {
  messages_used_ = ++environment_.uses;
  if (wants_messages())
    return;
  messages_state_ =
      messages_state_ == messages_state::asleep ? messages_state::waking : messages_state::connecting;
  open_lanes();
}

void connection::renew_messages() {
  if (!is_connected())
    return;
  messages_state_ = messages_state::connecting;
  begin_round();
}

void connection::renew_datagrams() {
  // Also without one: there may have been no descriptor for it.
  if (!wants_datagrams_ || endpoint_.empty() || steady_now() - datagrams_opened_at_ < renewed_every)
    return;
  close_datagrams();
  no_datagram_since_.reset();
  make_lanes();
}

bool connection::wants_messages() const noexcept {
  return messages_state_ != messages_state::unused && messages_state_ != messages_state::asleep;
}

bool connection::messages_are_idle() const {
  return messages_ && is_connected();
}

bool connection::datagrams_are_idle() const {
  return datagrams_ && waiting_.empty();
}

void connection::list_idle(bool messages_too, std::vector<idle_lane>& lanes) const {
  if (datagrams_are_idle())
    lanes.push_back({datagrams_used_, descriptor_budget::of_datagram_lane, false});
  if (messages_too && messages_are_idle())
    lanes.push_back({messages_used_, descriptor_budget::of_message_lane, true});
}

std::size_t connection::close_idle(bool messages_too, std::uint64_t use) {
  std::size_t closed = 0;
  if (datagrams_are_idle() && datagrams_used_ <= use) {
    close_datagrams();
    wants_datagrams_ = false;
    ++closed;
  }
  if (messages_too && messages_are_idle() && messages_used_ <= use) {
    close_messages();
    messages_state_ = messages_state::asleep;
    ++closed;
  }
  return closed;
}

void connection::close_with_farewell() {
  renew_timer_.cancel();
  room_timer_.cancel();
  waiting_timer_.cancel();
  if (messages_)
    messages_->close_with_farewell();
  if (datagrams_)
    datagrams_->close_with_farewell();
}

/// Some lane is wanted that was not.
void connection::open_lanes() {
  if (is_resolving_)
    return;
  // An address at which the other lane is being tried, or is connected.
  auto is_tried = messages_ || datagrams_;
  if (!is_tried)
    return begin_round();
  make_lanes();
  if (wants_messages() && !is_connected())
    renew_timer_.arm(steady_now() + patience());
}

void connection::begin_round() {
  renew_timer_.cancel();
  is_resolving_ = true;
  environment_.names.resolve(
      where_.host,
      [handle = std::weak_ptr{handle_}](const result<std::vector<std::string>>& hosts) {
        if (auto alive = handle.lock())
          (*alive)->resolved(hosts);
      }
  );
}

void connection::resolved(const result<std::vector<std::string>>& hosts) {
  is_resolving_ = false;
  // ZeroMQ may have reconnected meanwhile.
  if (is_connected())
    return;
  if (!hosts) {
    renew_timer_.arm(steady_now() + resolve_again_after);
    return;
  }
  hosts_ = *hosts;
  next_host_ = 0;
  try_next();
}

/// Nothing has come about for long.
void connection::renew() {
  if (next_host_ < hosts_.size())
    try_next();
  else
    begin_round();
}

void connection::try_next() {
  endpoint_ = endpoint_of({hosts_[next_host_++], where_.port});
  close_messages();
  close_datagrams();
  no_datagram_since_.reset();
  make_lanes();
  renew_timer_.arm(steady_now() + patience());
}

void connection::make_lanes() {
  if (wants_messages() && !messages_)
    open_messages();
  if (wants_datagrams_ && !datagrams_)
    open_datagrams();
}

/// Whoever receives may close the lane.
bool connection::drain(const std::unique_ptr<lane>& from) {
  for (std::size_t i = 0; i < lane::messages_per_turn; ++i) {
    auto message = from ? from->receive() : std::nullopt;
    if (!message)
      return false;
    owner_.received(std::move(*message));
  }
  return true;
}

bool connection::take_datagrams() {
  auto more = drain(datagrams_);
  if (waiting_.empty() || !datagrams_)
    return more;
  auto ready = datagrams_->ready();
  if ((ready & ZMQ_POLLOUT) != 0) {
    write_waiting();
    return true;
  }
  return more || (ready & ZMQ_POLLIN) != 0;
}

void connection::write_waiting() {
  while (!waiting_.empty() && datagrams_->send(waiting_.front())) {
    waiting_.pop_front();
    no_datagram_since_.reset();
    if (!messages_)
      renew_timer_.cancel();
    if (waiting_.empty())
      waiting_timer_.cancel();
    owner_.datagram_done(true);
  }
}

void connection::drop_waiting() {
  for (auto count = std::exchange(waiting_, {}).size(); count > 0; --count)
    owner_.datagram_done(false);
}

bool connection::take_messages() {
  auto more = drain(messages_);
  if (messages_state_ != messages_state::connected || !messages_)
    return more;
  auto ready = messages_->ready();
  if ((ready & ZMQ_POLLOUT) != 0) {
    messages_state_ = messages_state::open;
    owner_.connected();
    return true;
  }
  return more || (ready & ZMQ_POLLIN) != 0;
}

bool connection::take_changes() {
  while (messages_) {
    auto change = messages_->next_change();
    if (!change)
      break;
    switch (*change) {
    case lane::change::connected:
      messages_state_ = messages_state::connected;
      watch_messages_.look_again();
      ++times_connected_;
      renew_timer_.cancel();
      break;
    case lane::change::lost:
      if (!is_connected())
        break;
      messages_state_ = messages_state::connecting;
      // Whoever comes back may have another address.
      next_host_ = hosts_.size();
      renew_timer_.arm(steady_now() + patience());
      owner_.lost();
      break;
    case lane::change::attempt_failed:
      attempt_failed();
      break;
    }
  }
  return false;
}

void connection::attempt_failed() {
  auto renew_at = renew_timer_.deadline();
  if (is_connected() || !renew_at)
    return;
  if (next_host_ < hosts_.size()) {
    try_next();
    return;
  }
  // For an address in digits ZeroMQ goes on by itself.
  if (!is_numeric(where_.host))
    renew_timer_.arm(std::min(*renew_at, steady_now() + resolve_again_after));
}

/// Long enough for ZeroMQ to connect and shake hands when it has to wait for both.
duration connection::patience() const {
  return 2 * environment_.settings.handshake_within + std::chrono::seconds{1};
}

// A lane that cannot be opened is tried again soon: most likely for want of descriptors.

void connection::open_messages() {
  auto opened = environment_.open([this] {
    messages_ = environment_.make_lane(lane::kind::messages, self_, endpoint_);
    watch_changes_ = environment_.sockets.add(messages_->monitor(), [this] { return take_changes(); });
    watch_messages_ = environment_.sockets.add(messages_->socket(), [this] { return take_messages(); });
  });
  if (opened)
    return;
  close_messages();
  room_timer_.arm(steady_now() + room_again_after);
}

void connection::open_datagrams() {
  datagrams_opened_at_ = steady_now();
  auto opened = environment_.open([this] {
    datagrams_ = environment_.make_lane(lane::kind::datagrams, self_, endpoint_);
    watch_datagrams_ = environment_.sockets.add(datagrams_->socket(), [this] { return take_datagrams(); });
  });
  if (opened)
    return;
  close_datagrams();
  room_timer_.arm(steady_now() + room_again_after);
}

void connection::close_messages() {
  watch_changes_.end();
  watch_messages_.end();
  messages_.reset();
}

void connection::close_datagrams() {
  watch_datagrams_.end();
  datagrams_.reset();
}

} // namespace chorus
