#pragma once

#include <chorus/runtime/limits.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chorus::link {

/// What each message costs beyond its payload in every account of bytes.
inline constexpr std::size_t message_overhead = 32;

/// Which channel of a link: its place in `config::channels`. The two ends number their channels
/// independently; the greetings say which name has which number (channel_map.hpp).
using channel_number = std::uint8_t;

/// One kind of traffic on a link, with memory of its own at both ends. A channel whose receiver does not
/// read never holds back another one.
struct channel_config {
  /// What it is for, with a version: `names/1`. Both ends use a channel if both have one of that name.
  /// 1 to `limits::name_bytes` bytes.
  std::string name = "messages/1";

  /// The largest message, at most 4 GiB. It fits into the window.
  std::size_t message_bytes = limits::message_bytes;

  std::size_t receive_window_bytes = limits::receive_window_bytes;
  std::size_t receive_reserve_bytes = limits::receive_reserve_bytes;
  std::size_t send_buffer_bytes = limits::send_buffer_bytes;
  std::size_t send_reserve_bytes = limits::send_reserve_bytes;

  /// What messages of earlier relations with the same life cost that were delivered here and are not consumed
  /// yet: `core::unconsumed` of the relation before, less what was consumed since. It is taken off the
  /// window, and is to be given back through `consumed` like that of this relation.
  std::size_t held_bytes = 0;
};

/// Credit of several channels: for each, the bytes in total that may ever be sent on it. A fixed size,
/// because every data frame has one.
class channel_credits {
public:
  void set(channel_number channel, std::uint64_t credit) noexcept {
    present_ |= std::uint32_t{1} << channel;
    credits_[channel] = credit;
  }

  bool empty() const noexcept { return present_ == 0; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(std::popcount(present_)); }

  /// One bit for each channel that is here.
  std::uint32_t present() const noexcept { return present_; }

  /// Calls `visit(channel, credit)` for each, by channel.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (auto left = present_; left != 0; left &= left - 1) {
      auto channel = static_cast<channel_number>(std::countr_zero(left));
      visit(channel, credits_[channel]);
    }
  }

private:
  static_assert(limits::channels <= 16, "two bytes of a frame say which channels it has credit of");

  std::uint32_t present_ = 0;
  std::array<std::uint64_t, limits::channels> credits_; // only those that are present
};

} // namespace chorus::link
