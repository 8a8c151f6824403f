#include "messages.hpp"

#include "socket_calls.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <utility>

namespace chorus {

namespace {

/// Below this, one copy costs less than the two allocations that avoid it.
constexpr std::size_t copy_below_bytes = 1024;

/// A body on loan to ZeroMQ, given back by one of ZeroMQ's own threads.
struct loan {
  shared_bytes bytes;
  /// Orders the making before the giving back for everybody who looks, sanitizers included: ZeroMQ
  /// hands the loan over through queues of its own that they do not see into.
  std::atomic<bool> handed_over{false};
};

void give_back(void* /*data*/, void* hint) {
  std::unique_ptr<loan> owner{static_cast<loan*>(hint)};
  owner->handed_over.load(std::memory_order_acquire);
}

zmq::message_t to_message(const shared_bytes& bytes) {
  if (bytes.size() < copy_below_bytes)
    return zmq::message_t{bytes.view().data(), bytes.size()};
  auto lent = std::make_unique<loan>();
  lent->bytes = bytes;
  lent->handed_over.store(true, std::memory_order_release);
  auto* data = const_cast<std::byte*>(bytes.view().data());
  return zmq::message_t{data, bytes.size(), &give_back, lent.release()};
}

shared_bytes to_bytes(zmq::message_t message) {
  auto owner = std::make_shared<zmq::message_t>(std::move(message));
  const_bytes view{static_cast<const std::byte*>(owner->data()), owner->size()};
  return {std::move(owner), view};
}

/// At most three parts are of interest; how many there were is said anyway.
struct parts {
  std::array<zmq::message_t, 3> content;
  std::size_t count = 0;
};

std::optional<parts> receive_parts(zmq::socket_t& socket) {
  parts all;
  // ZeroMQ hands over a message only when all of its parts are there.
  for (bool more = true; more; ++all.count) {
    zmq::message_t surplus;
    auto& part = all.count < all.content.size() ? all.content[all.count] : surplus;
    if (!receive_part(socket, part))
      return std::nullopt;
    more = part.more();
  }
  return all;
}

void fill(received_message& message, parts& all, std::size_t first) {
  message.well_formed = all.count == first + 1 || all.count == first + 2;
  if (!message.well_formed)
    return;
  message.head = to_bytes(std::move(all.content[first]));
  if (all.count == first + 2)
    message.body = to_bytes(std::move(all.content[first + 1]));
}

bool send_content(zmq::socket_t& socket, const wire_message& message) {
  zmq::message_t head{message.head.data(), message.head.size()};
  if (message.body.empty())
    return send_part(socket, std::move(head), 0);
  return send_part(socket, std::move(head), ZMQ_SNDMORE) && send_part(socket, to_message(message.body), 0);
}

} // namespace

std::optional<received_message> receive_from_router(zmq::socket_t& router) {
  auto all = receive_parts(router);
  if (!all)
    return std::nullopt;
  received_message message;
  // The routing id does not always carry it.
  if (all->count > 1)
    message.descriptor = zmq_msg_get(all->content[1].handle(), ZMQ_SRCFD);
  fill(message, *all, 1);
  message.sender = std::move(all->content[0]);
  return message;
}

std::optional<received_message> receive_from_dealer(zmq::socket_t& dealer) {
  auto all = receive_parts(dealer);
  if (!all)
    return std::nullopt;
  received_message message;
  fill(message, *all, 0);
  return message;
}

bool send_to_dealer(zmq::socket_t& dealer, const wire_message& message) {
  return send_content(dealer, message);
}

bool send_to_router(zmq::socket_t& router, const zmq::message_t& sender, const wire_message& message) {
  zmq::message_t to{sender.data(), sender.size()};
  return send_part(router, std::move(to), ZMQ_SNDMORE) && send_content(router, message);
}

} // namespace chorus
