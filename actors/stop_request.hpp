#pragma once

#include <chorus/runtime/transport/descriptor.hpp>

namespace chorus {

/// Whether a node is to stop: the program, an actor, or the cluster that rejects the node may ask for it.
/// Once raised it stays so.
///
/// Thread rules: any thread; `raise` in a signal handler too.
class stop_request {
public:
  /// Throws `std::system_error` if the system has no descriptors left.
  stop_request();

  void raise() noexcept;

  /// Returns when it was raised, at once if that was before.
  void wait() const;

private:
  const descriptor event_; ///< eventfd: readable once raised, and never read
};

} // namespace chorus
