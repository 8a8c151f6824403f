#pragma once

#include "channel_map.hpp"
#include "outgoing_channel.hpp"
#include "resend_buffer.hpp"
#include "segment.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/counters.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::link {

/// The half of a link's end that sends messages: the channels, the open frame, the resend buffer.
///
/// A frame has segments of one channel. Channels take turns of about `chunk_bytes`, as the pairs of each do
/// (send_queue.hpp); one without credit is passed.
///
/// The usual message goes straight into the open frame: no look-up, no allocation of its own.
/// It knows no time; the owner tells it when to try again.
class sender {
public:
  /// Both must outlive the sender.
  sender(const config& settings, counters& count);

  /// The handshake is complete; messages may leave. Until then they wait. What waits on channels that the
  /// other end does not have is refused.
  void start(const channel_map::offers& offered, std::vector<refused>& refusals);
  bool has_started() const noexcept { return started_; }

  /// Takes a message, or says why not.
  std::optional<refused::why> accept(const send& message);

  enum class news : std::uint8_t { none, progress, violation };

  /// The other end says what it has handed over.
  news acknowledge(sequence last);

  /// The other end says what it allows in total. True if that is more than before.
  bool allow(channel_number channel, std::uint64_t credit);

  /// Puts what waits into frames, as far as credit and frames in flight go, and seals the last one.
  void fill();

  /// Nothing moved for a while: sends the oldest unacknowledged frame again, or asks for credit.
  void try_again();

  /// The connection is new: sends everything unacknowledged again, or asks for credit.
  void start_over();

  /// Whether the other end has to do something before this end is satisfied. After `fill`.
  bool is_waiting() const noexcept { return has_unacknowledged() || has_queued(); }

  bool has_unacknowledged() const noexcept { return !unacknowledged_.empty(); }

  /// Nothing queued, nothing unacknowledged.
  bool is_settled() const noexcept { return !is_waiting() && open_.empty(); }

  /// The data frames to send, in order; the owner adds acknowledgement and credit.
  std::vector<data> take_frames() noexcept { return std::exchange(frames_, {}); }

  /// Appends what was acknowledged since the last call.
  void take_released(std::vector<released>& releases);

  /// What the end of the link leaves behind.
  struct leftovers {
    std::vector<unsettled> outcome_unknown; ///< in the order in which they left
    std::vector<send> not_sent;             ///< the last part never left; of each pair in order
  };

  /// Empties the sender; frames that wait for `take_frames` still leave. The last call but for that one.
  leftovers take_leftovers();

private:
  /// Everything that was unacknowledged when the timer fired is sent again as acknowledgements come:
  /// one frame, then two, then four (slow start, RFC 5681, section 3.1). New frames wait meanwhile: the
  /// receiver would drop them behind the gap.
  struct recovery {
    sequence until;        ///< the newest frame that was sent before
    sequence next;         ///< where the next resend begins
    std::size_t burst = 1; ///< frames for each progress
  };

  void leave(channel_number channel, const segment& next);
  void end_turn() noexcept;
  shared_bytes whole_of(channel_number channel, segment& last);
  bool has_queued() const noexcept;
  bool fits_open_frame(channel_number channel, std::size_t bytes) const noexcept;
  bool can_append(channel_number channel, std::size_t bytes) const noexcept;
  bool can_open_frame() const noexcept;
  void append(
      channel_number channel,
      part kind,
      const pair& who,
      std::uint32_t message_size,
      const shared_bytes& bytes
  );
  void seal();
  void emit(const sent_frame& what, bool wants_answer);
  void resend(const sent_frame& what, bool wants_answer);
  void probe();
  void recover_further();

  const config& settings_;
  counters& count_;
  std::size_t frame_capacity_; ///< bytes of segments

  bool started_ = false;
  std::vector<std::unique_ptr<outgoing_channel>> channels_;
  std::vector<bool> unserved_; ///< by the other end; known since the start
  std::size_t turn_ = 0;       ///< the channel that is asked first
  std::size_t spent_ = 0;      ///< of this turn

  channel_number open_channel_ = 0;
  byte_buffer open_;  ///< the frame being filled; its memory is used again
  shared_bytes lone_; ///< the bytes of the only segment of the open frame, if they are not in `open_`
  std::uint32_t open_count_ = 0;
  std::size_t open_cost_ = 0;
  sequence open_first_{1}; ///< where the open frame begins
  resend_buffer unacknowledged_;
  std::optional<recovery> recovery_;
  std::vector<data> frames_;
};

} // namespace chorus::link
