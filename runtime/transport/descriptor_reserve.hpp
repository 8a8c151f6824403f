#pragma once

#include <chorus/runtime/transport/descriptor.hpp>

#include <cstddef>
#include <vector>

namespace chorus {

/// Descriptors that stand for nothing and are held so that there are some when the process has no others.
///
/// ZeroMQ leaves a connection that it cannot accept in the queue and is told of it again at once, so that its
/// thread spins until the process has a descriptor. The one that a reserve lends lets it accept the
/// connection, which can be ended then.
///
/// Thread rules: one thread at a time.
class descriptor_reserve {
public:
  /// One connection that waits needs one. The others are for what other threads of the process take in the
  /// moment in which one is lent.
  static constexpr std::size_t size = 8;

  /// Throws `std::system_error` if the process has too few.
  descriptor_reserve();

  /// Takes back what was lent, as far as possible. True if nothing is missing: then the process had at least
  /// these to spare.
  bool fill();

  bool is_full() const noexcept { return spare_.size() == size; }

  /// Lets go of one, if there is one: whoever asks the system next gets it.
  void lend() noexcept;

private:
  const descriptor nothing_; ///< an eventfd, of which the others are duplicates
  std::vector<descriptor> spare_;
};

} // namespace chorus
