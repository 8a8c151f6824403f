#include "poll_set.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

namespace {

/// Rounded up: waking a little early would only find nothing due and poll again.
long to_milliseconds(std::optional<duration> limit) {
  if (!limit)
    return -1;
  auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*limit).count();
  return static_cast<long>(std::clamp<decltype(rounded)>(rounded, 0, 3'600'000));
}

} // namespace

void poll_set::clear() {
  items_.clear();
  handlers_.clear();
}

void poll_set::add(zmq::socket_t& socket, short events, handler when_ready) {
  items_.push_back({socket.handle(), 0, events, 0});
  handlers_.push_back(std::move(when_ready));
}

void poll_set::add(int descriptor, handler when_ready) {
  items_.push_back({nullptr, descriptor, ZMQ_POLLIN, 0});
  handlers_.push_back(std::move(when_ready));
}

void poll_set::wait(std::optional<duration> limit) {
  // A signal is no event: the next turn polls again.
  if (zmq_poll(items_.data(), static_cast<int>(items_.size()), to_milliseconds(limit)) <= 0)
    return;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].revents != 0)
      handlers_[i]();
  }
}

} // namespace chorus
