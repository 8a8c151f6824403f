#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace chorus::membership {

/// "I do not take you, because of `holder`."
struct refusal {
  enum class why : std::uint8_t {
    name_taken = 0,    ///< `holder` has your name
    node_id_taken = 1, ///< `holder` has your node id
    cluster_full = 2,  ///< there are as many members as there can be; `holder` is who says so
    unreachable = 3,   ///< `holder`, who says so, gets no answer at the address that you advertise
  };
  peer subject;
  why reason = why::name_taken;
  member holder;
  duration known_for{}; ///< how long whoever refuses has known this life of `holder`

  /// When whoever refuses last had a sign of life of `holder` that came from it; nothing if all that it knows
  /// of `holder` is hearsay.
  std::optional<duration> heard_ago = duration{};

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// Why, and what to do about it: a sentence for the operator of the node that is refused. `self` is the
/// address that this node advertises.
std::string describe(const refusal& what, const address& self);

/// "known for 3.0 s and last heard of 1.0 s ago": what whoever refuses knows of the holder.
std::string describe_holder(const refusal& what);

} // namespace chorus::membership
