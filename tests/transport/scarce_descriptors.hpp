#pragma once

#include <chorus/runtime/transport/descriptor.hpp>

#include <cstddef>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace chorus::testing {

/// While it lives, the system gives this process no descriptor whose number is `limit` or more.
class scarce_descriptors {
public:
  explicit scarce_descriptors(std::size_t limit) {
    getrlimit(RLIMIT_NOFILE, &usual_);
    auto scarce = usual_;
    scarce.rlim_cur = limit;
    setrlimit(RLIMIT_NOFILE, &scarce);
  }

  ~scarce_descriptors() { setrlimit(RLIMIT_NOFILE, &usual_); }

  scarce_descriptors(const scarce_descriptors&) = delete;
  scarce_descriptors& operator=(const scarce_descriptors&) = delete;

private:
  rlimit usual_{};
};

/// Holds all descriptors that this process may still have.
class no_descriptors {
public:
  explicit no_descriptors(std::size_t limit) : scarcity_(limit) {
    while (auto next = descriptor{fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)})
      all_.push_back(std::move(next));
  }

private:
  scarce_descriptors scarcity_;
  std::vector<descriptor> all_;
};

} // namespace chorus::testing
