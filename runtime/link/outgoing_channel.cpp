#include "outgoing_channel.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::link {

outgoing_channel::outgoing_channel(const channel_config& settings, std::size_t chunk_bytes)
    : settings_(settings), queue_(chunk_bytes) {}

void outgoing_channel::open(const channel_offer& offer) {
  is_open_ = true;
  credit_ = offer.credit;
  charged_ = offer.held;
}

std::optional<refused::why> outgoing_channel::admit(std::size_t payload_bytes, urgency how) {
  if (payload_bytes > settings_.message_bytes)
    return refused::why::too_large;
  auto cost = cost_of(part::whole, payload_bytes);
  auto reserve = how == urgency::reserved ? settings_.send_reserve_bytes : 0;
  if (buffered_ + cost > settings_.send_buffer_bytes + reserve)
    return refused::why::overloaded;
  buffered_ += cost;
  return std::nullopt;
}

void outgoing_channel::release(std::size_t cost) {
  buffered_ -= cost;
  released_ += cost;
}

bool outgoing_channel::allow(std::uint64_t credit) {
  if (credit <= credit_)
    return false;
  credit_ = credit;
  return true;
}

std::size_t outgoing_channel::room(urgency how) const noexcept {
  if (!is_open_)
    return 0;
  std::uint64_t reserve = how == urgency::reserved ? settings_.receive_reserve_bytes : 0;
  if (charged_ <= credit_) {
    auto left = credit_ - charged_;
    return left + std::min(reserve, std::uint64_t{SIZE_MAX} - left);
  }
  auto beyond = charged_ - credit_;
  return beyond < reserve ? reserve - beyond : 0;
}

bool outgoing_channel::charge(std::size_t cost) {
  charged_ += cost;
  return charged_ <= credit_;
}

std::optional<segment> outgoing_channel::take() {
  if (queue_.empty())
    return std::nullopt;
  return queue_.take(room(urgency::ordinary), room(urgency::reserved));
}

void outgoing_channel::forget_chunks(sequence first_left) {
  while (!chunked_.empty() && chunked_.front().last && *chunked_.front().last < first_left)
    chunked_.pop_front();
}

shared_bytes outgoing_channel::take_chunked() {
  CHORUS_CHECK(!chunked_.empty(), "a message in chunks is kept until its last chunk is acknowledged");
  auto payload = std::move(chunked_.front().payload);
  chunked_.pop_front();
  return payload;
}

std::size_t outgoing_channel::drop_chunked() {
  return std::exchange(chunked_, {}).size();
}

} // namespace chorus::link
