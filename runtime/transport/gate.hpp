#pragma once

#include <mutex>
#include <shared_mutex>

namespace chorus {

/// Lets calls to an object through until the object ends. Held by a shared pointer by whoever may call after
/// that.
///
/// Thread rules: any thread. A call must not wait for `close`, nor pass the same gate again.
class gate {
public:
  /// Does nothing once the gate is closed.
  template <class Call>
  void pass(Call&& call) {
    std::shared_lock guard{mutex_};
    if (!closed_)
      call();
  }

  /// Waits for the calls under way; there is none after it.
  void close() {
    std::lock_guard guard{mutex_};
    closed_ = true;
  }

private:
  std::shared_mutex mutex_;
  bool closed_ = false;
};

} // namespace chorus
