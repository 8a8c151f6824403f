#pragma once

#include <cstddef>
#include <pthread.h>

namespace chorus::testing {

/// While it lives, the system gives this process no new thread: each would need a stack larger than any
/// memory.
class scarce_threads {
public:
  scarce_threads() {
    pthread_getattr_default_np(&ordinary_);
    auto greedy = ordinary_;
    pthread_attr_setstacksize(&greedy, std::size_t{1} << 60);
    pthread_setattr_default_np(&greedy);
  }

  ~scarce_threads() {
    pthread_setattr_default_np(&ordinary_);
    pthread_attr_destroy(&ordinary_);
  }

  scarce_threads(const scarce_threads&) = delete;
  scarce_threads& operator=(const scarce_threads&) = delete;

private:
  pthread_attr_t ordinary_{};
};

} // namespace chorus::testing
