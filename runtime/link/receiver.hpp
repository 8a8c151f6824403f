#pragma once

#include "incoming_channel.hpp"

#include <chorus/runtime/link/counters.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace chorus::link {

/// The half of a link's end that receives messages: order, duplicates, and when to acknowledge.
///
/// It takes only what comes next. Frames behind a gap are dropped, not kept: under ZeroMQ a gap means
/// a lost connection, after which the sender sends everything again anyway.
class receiver {
public:
  /// Both must outlive the receiver.
  receiver(const config& settings, counters& count);

  /// Takes a data frame whose segments are of that channel of this end. False if it breaks the protocol; what
  /// stood before the fault was delivered.
  bool receive(time_point now, channel_number channel, const data& frame, std::vector<delivered>& deliveries);

  /// This node is done with that much. Pre: not more than `unconsumed`.
  void consumed(channel_number channel, std::size_t bytes);

  /// Cost of what was delivered, in earlier relations too, and is not consumed.
  std::size_t unconsumed(channel_number channel) const { return channels_[channel].unconsumed(); }

  /// The next chance to acknowledge is now.
  void answer_soon() noexcept { answer_now_ = true; }

  /// Whether an acknowledgement must not wait for company any longer.
  bool must_answer(time_point now) const noexcept;

  /// Whether an acknowledgement or credit waits to be told.
  bool owes_answer() const noexcept { return answer_now_ || answer_by_; }

  /// Until when the acknowledgement may wait; nothing if there is none.
  std::optional<time_point> deadline() const noexcept { return answer_by_; }

  sequence acknowledged() const noexcept { return handed_over_; }

  /// What has grown since the greeting.
  channel_credits credits() const noexcept;

  /// A frame with the present acknowledgement and credit leaves.
  void told() noexcept;

  /// What a greeting that leaves now offers.
  std::vector<channel_offer> offer();

private:
  bool take(channel_number channel, segment next, std::vector<delivered>& deliveries);

  const config& settings_;
  counters& count_;
  std::vector<incoming_channel> channels_;

  sequence handed_over_; ///< every segment up to here, of all channels

  bool answer_now_ = false;
  std::optional<time_point> answer_by_;
  std::size_t frames_since_told_ = 0; ///< frames taken since the last acknowledgement
};

} // namespace chorus::link
