#pragma once

#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <tuple>

namespace chorus::membership {

/// How much of the cluster stands behind a node: decides who stays when two nodes have declared each
/// other failed. More members win; among as many the side with the least node, and at last the
/// lesser node itself. Any two nodes that compare the same pair of standings agree.
struct standing {
  std::uint32_t members = 1; ///< that the node hears, itself included
  node_id least;             ///< the least node among them
  node_id self;

  bool outweighs(const standing& other) const noexcept {
    if (members != other.members)
      return members > other.members;
    return std::tie(least, self) < std::tie(other.least, other.self);
  }

  friend bool operator==(const standing&, const standing&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(members, least, self);
  }
};

} // namespace chorus::membership
