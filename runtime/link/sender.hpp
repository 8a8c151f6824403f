#pragma once

#include "resend_buffer.hpp"
#include "segment.hpp"
#include "send_queue.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/counters.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::link {

/// The half of a link's end that sends messages: queue, open frame, credit, resend buffer.
///
/// The usual message goes straight into the open frame: no look-up, no allocation of its own.
/// It knows no time; the owner tells it when to try again.
class sender {
public:
  /// Both must outlive the sender.
  sender(const config& settings, counters& count);

  /// The handshake is complete; messages may leave. Until then they wait in the queue. `held`: of the credit,
  /// taken by messages of earlier relations.
  void start(std::uint64_t credit, std::uint64_t held);
  bool has_started() const noexcept { return started_; }

  /// Takes a message, or says why not.
  std::optional<refused::why> accept(const send& message);

  enum class news : std::uint8_t { none, progress, violation };

  /// What the other end says: all it has handed over, all it allows.
  news learn(sequence acknowledged, std::uint64_t credit);

  /// Puts what waits into frames, as far as credit and frames in flight go, and seals the last one.
  void fill();

  /// Nothing moved for a while: sends the oldest unacknowledged frame again, or asks for credit.
  void try_again();

  /// The connection is new: sends everything unacknowledged again, or asks for credit.
  void start_over();

  /// Whether the other end has to do something before this end is satisfied. After `fill`.
  bool is_waiting() const noexcept { return has_unacknowledged() || !queue_.empty(); }

  bool has_unacknowledged() const noexcept { return !unacknowledged_.empty(); }

  /// Nothing queued, nothing unacknowledged.
  bool is_settled() const noexcept { return !is_waiting() && open_.empty(); }

  /// The data frames to send, in order; the owner adds acknowledgement and credit.
  std::vector<data> take_frames() noexcept { return std::exchange(frames_, {}); }

  /// Cost of what was acknowledged since the last call.
  std::size_t take_released() noexcept { return std::exchange(released_, 0); }

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

  /// A message in chunks that has begun to leave. It is kept for `take_leftovers`, for no copy: the chunks
  /// share its bytes.
  struct chunked {
    shared_bytes payload;
    std::optional<sequence> last; ///< of its last chunk, once that is in a frame
  };

  void leave(const segment& next);
  shared_bytes whole_of(segment& last);
  std::size_t room(urgency how) const noexcept;
  bool can_append(std::size_t bytes) const noexcept;
  bool can_open_frame() const noexcept;
  void append(part kind, const pair& who, std::uint32_t message_size, const shared_bytes& bytes);
  void seal();
  void emit(const sent_frame& what, bool wants_answer);
  void resend(const sent_frame& what, bool wants_answer);
  void probe();
  void recover_further();

  const config& settings_;
  counters& count_;
  std::size_t frame_capacity_; ///< bytes of segments

  bool started_ = false;
  std::uint64_t credit_ = 0;  ///< in total, as the other end said last
  std::uint64_t charged_ = 0; ///< in total, of the segments put into frames and what was held before
  std::size_t buffered_ = 0;  ///< cost of what is accepted and not acknowledged
  std::size_t released_ = 0;

  send_queue queue_;
  byte_buffer open_;  ///< the frame being filled; its memory is used again
  shared_bytes lone_; ///< the bytes of the only segment of the open frame, if they are not in `open_`
  std::uint32_t open_count_ = 0;
  std::size_t open_cost_ = 0;
  sequence open_first_{1}; ///< where the open frame begins
  resend_buffer unacknowledged_;
  std::deque<chunked> chunked_; ///< until the last chunk is acknowledged
  std::optional<recovery> recovery_;
  std::vector<data> frames_;
};

} // namespace chorus::link
