#pragma once

#include "segment.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/link.hpp>

#include <cstddef>
#include <optional>

namespace chorus::link {

/// Chunks become messages again. At most one large message is under way on a link, so what a peer
/// can make us hold here is bounded by one message.
class reassembly {
public:
  /// `message_bytes`: the largest message that is believed.
  explicit reassembly(std::size_t message_bytes) noexcept : message_bytes_(message_bytes) {}

  /// Takes the next segment of the link. False if it does not fit to the ones before: the peer has
  /// broken the protocol. `complete` is set if the segment completes a message.
  bool add(segment next, std::optional<delivered>& complete);

private:
  struct unfinished {
    chorus::link::pair pair;
    std::size_t message_size = 0;
    byte_buffer bytes;
  };

  bool add_whole(segment& next, std::optional<delivered>& complete) const;
  bool begin(const segment& next);
  bool go_on(const segment& next, std::optional<delivered>& complete);

  std::size_t message_bytes_;
  std::optional<unfinished> unfinished_;
};

} // namespace chorus::link
