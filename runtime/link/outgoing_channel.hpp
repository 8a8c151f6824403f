#pragma once

#include "segment.hpp"
#include "send_queue.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/channel.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace chorus::link {

/// What one end sends on one channel: the messages that wait, the credit that is left, the bytes that are
/// held until they are acknowledged. The frames are the sender's (sender.hpp).
class outgoing_channel {
public:
  /// `settings` must outlive it.
  outgoing_channel(const channel_config& settings, std::size_t chunk_bytes);

  /// The other end has this channel. Until then nothing leaves.
  void open(const channel_offer& offer);

  /// Takes a message into the account, or says why there is no room for it.
  std::optional<refused::why> admit(std::size_t payload_bytes, urgency how);

  /// That much of it is acknowledged.
  void release(std::size_t cost);

  /// Cost of what was released since the last call.
  std::size_t take_released() noexcept { return std::exchange(released_, 0); }

  /// True if that is more than before.
  bool allow(std::uint64_t credit);

  /// How much credit is left for messages of that urgency, in bytes.
  std::size_t room(urgency how) const noexcept;

  /// A segment of that cost leaves. False if it is sent from the reserve.
  bool charge(std::size_t cost);

  /// The next segment of what waits that there is credit for.
  std::optional<segment> take();

  send_queue& queue() noexcept { return queue_; }
  const send_queue& queue() const noexcept { return queue_; }

  // -- messages in chunks that have begun to leave -----------------------------------------------------

  /// They are kept for `take_leftovers`, for no copy: the chunks share their bytes.
  void begin_chunks(shared_bytes payload) { chunked_.push_back({std::move(payload), std::nullopt}); }

  /// The last chunk of the latest one is in the segment of that number.
  void end_chunks(sequence last) { chunked_.back().last = last; }

  /// Every segment before that one is acknowledged.
  void forget_chunks(sequence first_left);

  /// The oldest one. Pre: there is one.
  shared_bytes take_chunked();

  /// Forgets all. Gives their number.
  std::size_t drop_chunked();

private:
  struct chunked {
    shared_bytes payload;
    std::optional<sequence> last; ///< of its last chunk, once that is in a frame
  };

  const channel_config& settings_;
  bool is_open_ = false;
  std::uint64_t credit_ = 0;  ///< in total, as the other end said last
  std::uint64_t charged_ = 0; ///< in total, of the segments put into frames and what was held before
  std::size_t buffered_ = 0;  ///< cost of what is accepted and not acknowledged
  std::size_t released_ = 0;
  send_queue queue_;
  std::deque<chunked> chunked_; ///< until the last chunk is acknowledged
};

} // namespace chorus::link
