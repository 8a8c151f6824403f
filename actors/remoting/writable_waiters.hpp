#pragma once

#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

namespace chorus {

/// Who waits until a link has room.
///
/// Thread rules: any thread.
class writable_waiters {
public:
  /// More than wait at a time on a node that uses this for what it is: one or a few actors for each link
  /// produce, others react.
  static constexpr std::size_t limit = 65536;

  struct waiter {
    caf::actor subscriber;
    caf::actor receiver; ///< to whom it wants to send
  };

  /// Waits once however often it is added. False at the limit.
  [[nodiscard]] bool add(const std::shared_ptr<outbox>& link, const waiter& who);

  void remove(const std::shared_ptr<outbox>& link, const waiter& who);

  /// All who wait for this link, and wait no longer.
  std::vector<waiter> take(const std::shared_ptr<outbox>& link);

private:
  /// Link, subscriber, receiver. The waiter holds the two actors, so that their ids stay theirs.
  using key = std::tuple<std::shared_ptr<outbox>, std::uint64_t, caf::actor>;
  static key key_of(const std::shared_ptr<outbox>& link, const waiter& who);

  std::mutex mutex_;
  std::map<key, waiter> waiters_;
};

} // namespace chorus
