#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>

#include <string>

namespace chorus::membership {

/// One life of one node as the others know it.
struct member {
  peer who;
  std::string name;      ///< a label for people; unique among live members
  chorus::address where; ///< where it says that it can be reached

  friend bool operator==(const member&, const member&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(who, name, where);
  }
};

} // namespace chorus::membership
