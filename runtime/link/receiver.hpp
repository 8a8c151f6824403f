#pragma once

#include "reassembly.hpp"

#include <chorus/runtime/link/counters.hpp>
#include <chorus/runtime/link/frame.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace chorus::link {

/// The half of a link's end that receives messages: order, duplicates, credit, and when to
/// acknowledge.
///
/// It takes only what comes next. Frames behind a gap are dropped, not kept: under ZeroMQ a gap means
/// a lost connection, after which the sender sends everything again anyway.
class receiver {
public:
  /// Both must outlive the receiver.
  receiver(const config& settings, counters& count);

  /// Takes a data frame. False if it breaks the protocol; what stood before the fault was delivered.
  bool receive(time_point now, const data& frame, std::vector<delivered>& deliveries);

  /// The actors here are done with that much. Pre: not more than `unconsumed`.
  void consumed(std::size_t bytes);

  /// Cost of what was delivered, in earlier relations too, and is not consumed.
  std::size_t unconsumed() const noexcept { return static_cast<std::size_t>(delivered_ - consumed_); }

  /// The next chance to acknowledge is now.
  void answer_soon() noexcept { answer_now_ = true; }

  /// Whether an acknowledgement must not wait for company any longer.
  bool must_answer(time_point now) const noexcept;

  /// Whether an acknowledgement or credit waits to be told.
  bool owes_answer() const noexcept { return answer_now_ || answer_by_; }

  /// Until when the acknowledgement may wait; nothing if there is none.
  std::optional<time_point> deadline() const noexcept { return answer_by_; }

  sequence acknowledged() const noexcept { return handed_over_; }

  /// All that the other end may ever have sent, in bytes, with what earlier relations have left.
  std::uint64_t credit() const noexcept;

  /// A frame with the present acknowledgement and credit leaves.
  void told() noexcept;

  /// A greeting with the present credit leaves.
  void told_credit() noexcept { told_credit_ = credit(); }

private:
  bool take(segment next, std::vector<delivered>& deliveries);

  const config& settings_;
  counters& count_;
  reassembly reassembly_;

  sequence handed_over_; ///< every segment up to here
  // Cost in total. What earlier relations have left (`config::held_bytes`) counts as the first that was
  // received.
  std::uint64_t received_;
  std::uint64_t delivered_;
  std::uint64_t consumed_ = 0;
  std::uint64_t told_credit_; ///< the credit that the other end may know

  bool answer_now_ = false;
  std::optional<time_point> answer_by_;
  std::uint64_t told_received_;       ///< `received_` at the last acknowledgement
  std::size_t frames_since_told_ = 0; ///< frames taken since then
};

} // namespace chorus::link
