#include "connection.hpp"

#include "host.hpp"
#include "io_loop.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

/// What one connection may take of a turn, so that none starves the others.
constexpr std::size_t messages_per_turn = 64;

} // namespace

connection::connection(connection_environment& environment, user& owner, const peer& self, address where)
    : environment_(environment), owner_(owner), self_(self), where_(std::move(where)),
      handle_(std::make_shared<connection*>(this)) {
  begin_round();
}

bool connection::send_frame(const wire_message& message) {
  return messages_ && messages_->send(message);
}

bool connection::send_datagram(const wire_message& message) {
  if (!datagrams_)
    return false;
  if (datagrams_->send(message)) {
    no_datagram_since_.reset();
    return true;
  }
  // The lane is not watched. When the other one is connected and this one is not for long, ZeroMQ has
  // given it up.
  auto now = steady_now();
  if (!no_datagram_since_) {
    no_datagram_since_ = now;
  } else if (connected_ && now - *no_datagram_since_ > patience()) {
    no_datagram_since_.reset();
    datagrams_ = make_lane(lane::kind::datagrams);
  }
  return false;
}

void connection::collect(poll_set& sockets) {
  if (messages_) {
    short wanted = tell_when_writable_ ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN;
    sockets.add(messages_->monitor(), ZMQ_POLLIN, [this] { take_changes(); });
    sockets.add(messages_->socket(), wanted, [this] { take_messages(); });
  }
  if (datagrams_)
    sockets.add(datagrams_->socket(), ZMQ_POLLIN, [this] { drain(*datagrams_); });
}

void connection::tick(time_point now) {
  if (!renew_at_ || now < *renew_at_)
    return;
  if (next_host_ < hosts_.size())
    try_next();
  else
    begin_round();
}

void connection::close_with_farewell() {
  if (messages_)
    messages_->close_with_farewell();
}

void connection::begin_round() {
  renew_at_.reset();
  environment_.names.resolve(
      where_.host,
      [handle = std::weak_ptr{handle_}](const result<std::vector<std::string>>& hosts) {
        if (auto alive = handle.lock())
          (*alive)->resolved(hosts);
      }
  );
}

void connection::resolved(const result<std::vector<std::string>>& hosts) {
  // ZeroMQ may have reconnected meanwhile.
  if (connected_)
    return;
  if (!hosts) {
    renew_at_ = steady_now() + resolve_again_after;
    return;
  }
  hosts_ = *hosts;
  next_host_ = 0;
  try_next();
}

void connection::try_next() {
  endpoint_ = endpoint_of({hosts_[next_host_++], where_.port});
  messages_ = make_lane(lane::kind::messages);
  datagrams_ = make_lane(lane::kind::datagrams);
  no_datagram_since_.reset();
  tell_when_writable_ = false;
  renew_at_ = steady_now() + patience();
}

void connection::drain(lane& from) {
  for (std::size_t i = 0; i < messages_per_turn; ++i) {
    auto message = from.receive();
    if (!message)
      return;
    owner_.received(std::move(*message));
  }
}

void connection::take_messages() {
  drain(*messages_);
  if (!tell_when_writable_ || (messages_->socket().get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0)
    return;
  tell_when_writable_ = false;
  owner_.connected();
}

void connection::take_changes() {
  while (messages_) {
    auto change = messages_->next_change();
    if (!change)
      return;
    switch (*change) {
    case lane::change::connected:
      connected_ = true;
      tell_when_writable_ = true;
      ++times_connected_;
      renew_at_.reset();
      break;
    case lane::change::lost:
      if (!connected_)
        break;
      connected_ = false;
      // Whoever comes back may have another address.
      next_host_ = hosts_.size();
      renew_at_ = steady_now() + patience();
      owner_.lost();
      break;
    case lane::change::attempt_failed:
      attempt_failed();
      break;
    }
  }
}

void connection::attempt_failed() {
  if (connected_ || !renew_at_)
    return;
  if (next_host_ < hosts_.size()) {
    try_next();
    return;
  }
  // For an address in digits ZeroMQ goes on by itself.
  if (!is_numeric(where_.host))
    renew_at_ = std::min(*renew_at_, steady_now() + resolve_again_after);
}

/// Long enough for ZeroMQ to connect and shake hands when it has to wait for both.
duration connection::patience() const {
  return 2 * environment_.settings.handshake_within + std::chrono::seconds{1};
}

std::unique_ptr<lane> connection::make_lane(lane::kind what) const {
  try {
    return std::make_unique<lane>(
        environment_.context, environment_.settings, what, self_, ++environment_.last_serial, endpoint_
    );
  } catch (const zmq::error_t&) {
    // Out of descriptors, for example: tried again when the patience with this attempt is over.
    return nullptr;
  }
}

} // namespace chorus
