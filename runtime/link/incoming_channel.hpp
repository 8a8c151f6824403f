#pragma once

#include "reassembly.hpp"
#include "segment.hpp"

#include <chorus/runtime/link/channel.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace chorus::link {

/// What one end receives on one channel: the message that is being put together, and the credit that is
/// given. The order of the frames is the receiver's (receiver.hpp).
class incoming_channel {
public:
  /// `settings` must outlive it.
  explicit incoming_channel(const channel_config& settings);

  /// Takes the next segment. False if it breaks the protocol. `complete` is set if it completes a message.
  bool take(segment next, std::optional<delivered>& complete);

  /// The node is done with that much. Pre: not more than `unconsumed`.
  void consumed(std::size_t bytes);

  /// Cost of what was delivered, in earlier relations too, and is not consumed.
  std::size_t unconsumed() const noexcept { return static_cast<std::size_t>(delivered_ - consumed_); }

  /// All that the other end may ever have sent, in bytes, with what earlier relations have left.
  std::uint64_t credit() const noexcept;

  /// Whether the credit is more than the greeting has said.
  bool has_grown() const noexcept { return consumed_ > 0; }

  /// Whether so much came or was consumed since it was told that the other end should hear of it now.
  bool is_news() const noexcept;

  /// A frame with the present credit leaves.
  void told() noexcept;

  /// A greeting with the present credit leaves.
  void told_credit() noexcept { told_credit_ = credit(); }

private:
  const channel_config& settings_;
  reassembly reassembly_;

  // Cost in total. What earlier relations have left (`channel_config::held_bytes`) counts as the first that
  // was received.
  std::uint64_t received_;
  std::uint64_t delivered_;
  std::uint64_t consumed_ = 0;
  std::uint64_t told_credit_;   ///< the credit that the other end may know
  std::uint64_t told_received_; ///< `received_` when the last frame left
};

} // namespace chorus::link
