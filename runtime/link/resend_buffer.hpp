#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace chorus::link {

/// A data frame that was sent and is kept, as it was encoded, until it is acknowledged.
struct sent_frame {
  channel_number channel = 0;
  sequence first;
  std::uint32_t count = 0;
  std::size_t cost = 0; ///< of its segments, see `cost_of`
  shared_bytes segments;
  shared_bytes lone = {}; ///< as in `data`

  sequence last() const noexcept { return {first.value + count - 1}; }
};

/// The frames that are not acknowledged yet, oldest first, without holes. Its bounds are kept by the
/// sender: `config::frames_in_flight` and the send buffer.
class resend_buffer {
public:
  using const_iterator = std::deque<sent_frame>::const_iterator;

  /// Pre: follows the newest frame.
  void push(sent_frame frame);

  /// Drops every frame of which all segments up to `last` are acknowledged, and calls `visit(frame)` for it.
  template <class Visitor>
  void acknowledge(sequence last, Visitor&& visit) {
    for (; !frames_.empty() && frames_.front().last() <= last; frames_.pop_front())
      visit(std::as_const(frames_.front()));
  }

  /// The oldest frame that begins at `first` or later.
  const_iterator from(sequence first) const;

  bool empty() const noexcept { return frames_.empty(); }
  std::size_t size() const noexcept { return frames_.size(); }
  const sent_frame& oldest() const { return frames_.front(); }
  const_iterator begin() const noexcept { return frames_.begin(); }
  const_iterator end() const noexcept { return frames_.end(); }

private:
  std::deque<sent_frame> frames_;
};

} // namespace chorus::link
