#include "incoming_channel.hpp"

#include <chorus/runtime/check.hpp>

#include <utility>

namespace chorus::link {

namespace {

/// An acknowledgement or a credit of this part of the window does not wait for company: with three quarters
/// left the sender never stops.
constexpr std::size_t parts_of_window = 4;

} // namespace

incoming_channel::incoming_channel(const channel_config& settings)
    : settings_(settings), reassembly_(settings.message_bytes), received_(settings.held_bytes),
      delivered_(settings.held_bytes), told_credit_(credit()), told_received_(settings.held_bytes) {}

bool incoming_channel::take(segment next, std::optional<delivered>& complete) {
  received_ += cost_of(next.kind, next.bytes.size());
  if (received_ > told_credit_ + settings_.receive_reserve_bytes)
    return false;
  if (!reassembly_.add(std::move(next), complete))
    return false;
  if (complete)
    delivered_ += complete->cost;
  return true;
}

void incoming_channel::consumed(std::size_t bytes) {
  CHORUS_CHECK(bytes <= unconsumed(), "only what was delivered can be consumed");
  consumed_ += bytes;
}

std::uint64_t incoming_channel::credit() const noexcept {
  return consumed_ + settings_.receive_window_bytes;
}

bool incoming_channel::is_news() const noexcept {
  auto part = settings_.receive_window_bytes / parts_of_window;
  return received_ - told_received_ >= part || credit() - told_credit_ >= part;
}

void incoming_channel::told() noexcept {
  told_credit();
  told_received_ = received_;
}

} // namespace chorus::link
