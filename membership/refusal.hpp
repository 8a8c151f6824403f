#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <string>

namespace chorus::membership {

/// "I do not take you, because of `holder`."
struct refusal {
  enum class why : std::uint8_t {
    name_taken = 0,    ///< `holder` has your name
    node_id_taken = 1, ///< `holder` has your node id
    cluster_full = 2,  ///< there are as many members as there can be; `holder` is who says so
  };
  peer subject;
  why reason = why::name_taken;
  member holder;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(subject, reason, holder);
  }
};

/// The sentence for the operator of the node that is refused.
std::string describe(const refusal& what);

} // namespace chorus::membership
