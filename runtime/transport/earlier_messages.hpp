#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <cstddef>
#include <map>
#include <memory>

namespace chorus {

/// What messages of relations that are over hold of each life's window: they were delivered, and the actors
/// here have not consumed them yet. The next relation with that life gives so much less credit
/// (`link::config::held_bytes`).
///
/// There is an entry for each life with such messages and without a link. I/O thread.
class earlier_messages {
public:
  struct left {
    std::shared_ptr<consumption> consumed; ///< for the outbox of the next relation
    std::size_t bytes = 0;
  };

  /// A link has ended that many bytes before all was consumed; what was consumed since is still to be taken
  /// from `consumed`.
  void keep(const peer& other, std::shared_ptr<consumption> consumed, std::size_t bytes);

  /// A link is being opened.
  left take(const peer& other);

  /// Forgets the lives of which everything is consumed by now.
  void sweep();

  std::size_t size() const noexcept { return lives_.size(); }

private:
  std::map<peer, left> lives_;
};

} // namespace chorus
