#pragma once

#include <cstdint>

namespace chorus {

/// What a node has counted since it started, and what it keeps now. A snapshot.
struct node_counters {
  /// Messages of actors that were not delivered to another node: one-way ones, whether their sender
  /// was told (`undelivered`) or the subscribers to dead letters were (`dead_letter`), and answers of which
  /// not even an error could be sent, or that the other node could not read. Not requests whose sender got an
  /// error.
  std::uint64_t dead_letters = 0;

  /// One-way messages of actors of which nobody knows whether they have arrived: their link ended before they
  /// were acknowledged (`unconfirmed`).
  std::uint64_t unconfirmed_messages = 0;

  std::uint64_t malformed_messages = 0; ///< received, and could not be read
  std::uint64_t exported_actors = 0; ///< actors of this node that others hold handles of, or that have names
  std::uint64_t remote_actors = 0;   ///< actors of other nodes that this one holds handles of
};

} // namespace chorus
