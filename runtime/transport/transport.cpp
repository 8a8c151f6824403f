#include "engine.hpp"

#include <chorus/runtime/transport/transport.hpp>

#include <utility>

namespace chorus {

result<std::unique_ptr<transport>> transport::open(transport_options options, transport_events& events) {
  auto content = implementation::open(std::move(options), events);
  if (!content)
    return content.failure();
  return std::unique_ptr<transport>{new transport{std::move(*content)}};
}

transport::transport(std::unique_ptr<implementation> content) : content_(std::move(content)) {}

transport::~transport() = default;

const address& transport::listening_on() const noexcept {
  return content_->listening_on();
}

error transport::start() {
  return content_->start();
}

void transport::stop() {
  content_->stop();
}

void transport::join() {
  content_->join();
}

bool transport::post(std::function<void()> task) {
  return content_->post(std::move(task));
}

time_point transport::now() const {
  return steady_now();
}

transport_counters transport::counters() const {
  return content_->counters();
}

void transport::add_peer(
    const peer& who, const address& where, relation_number relation, bool says_hello, std::uint64_t nonce
) {
  content_->add_peer(who, where, relation, says_hello, nonce);
}

void transport::remove_peer(const peer& who, const link::input& why) {
  content_->remove_peer(who, why);
}

bool transport::lend_thread(std::function<void(bool here)> work) {
  return content_->lend_thread(std::move(work));
}

std::shared_ptr<outbox> transport::outbox_of(const peer& who, link::channel_number channel) const {
  return content_->outbox_of(who, channel);
}

bool transport::send_datagram(const peer& to, const byte_buffer& payload) {
  return content_->send_datagram(to, payload);
}

void transport::send_datagram(const address& where, byte_buffer payload) {
  content_->send_datagram(where, std::move(payload));
}

void transport::doubt(const peer& who) {
  content_->doubt(who);
}

void transport::reply_datagram(const peer& to, byte_buffer payload) {
  content_->reply_datagram(to, std::move(payload));
}

void transport::try_connection(const address& where, std::function<void(connection_outcome)> done) {
  content_->try_connection(where, connection_attempts::goal::connection, std::move(done));
}

void transport::try_zeromq(const address& where, std::function<void(connection_outcome)> done) {
  content_->try_connection(where, connection_attempts::goal::greeting, std::move(done));
}

void transport::arm(std::uint64_t key, std::optional<time_point> when, std::function<void()> task) {
  content_->arm(key, when, std::move(task));
}

} // namespace chorus
