#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

namespace chorus {

/// What messages of relations that are over hold of a life's windows: they were delivered on a channel, and
/// this node has not consumed them yet. The next relation with that life gives so much less credit
/// (`link::channel_config::held_bytes`).
///
/// There is an entry for each life and channel with such messages and without a link. I/O thread.
class earlier_messages {
public:
  struct left {
    std::shared_ptr<consumption> consumed; ///< for the outbox of the next relation
    std::size_t bytes = 0;
  };

  /// A link has ended that many bytes before all of a channel was consumed; what was consumed since is still
  /// to be taken from `consumed`.
  void keep(
      const peer& other,
      link::channel_number channel,
      std::shared_ptr<consumption> consumed,
      std::size_t bytes
  );

  /// A link is being opened.
  left take(const peer& other, link::channel_number channel);

  /// Forgets those of which everything is consumed by now.
  void sweep();

  std::size_t size() const noexcept { return left_.size(); }

private:
  std::map<std::pair<peer, link::channel_number>, left> left_;
};

} // namespace chorus
