#pragma once

#include <cstdint>

namespace chorus::handles {

/// How often a node had received a handle and sent it back when it let go of it.
struct released_handle {
  std::uint64_t actor = 0;
  std::uint64_t received = 0;
  std::uint64_t returned = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(actor, received, returned);
  }
};

} // namespace chorus::handles
