#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace chorus::membership {

/// What a node says about itself to all others; it may change while the node lives. Encoded it takes at
/// most `limits::metadata_bytes`.
struct metadata {
  std::set<std::string> roles;
  std::map<std::string, std::string> tags;
  std::string version;

  friend bool operator==(const metadata&, const metadata&) = default;
};

/// One life of one node as the others know it.
struct member {
  peer who;
  std::string name;      ///< a label for people; unique among live members
  chorus::address where; ///< where it says that it can be reached
  metadata about{};

  /// Of the process, by chance: tells two processes apart that a copied data directory has given the same
  /// life.
  std::uint64_t nonce = 0;

  friend bool operator==(const member&, const member&) = default;
};

} // namespace chorus::membership
