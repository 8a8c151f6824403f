#pragma once

#include <chorus/membership/contact_list.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>

namespace chorus::membership::swim {

/// What a node brings along.
struct config {
  member self;            ///< pre: a valid id, incarnation, name, advertised address and metadata; a nonce
  std::uint64_t seed = 0; ///< of chance

  /// A silent member of a small cluster is believed for about that long. Everything else that takes time
  /// is reckoned from it. Pre: at least `least_failure_timeout`.
  duration failure_timeout = std::chrono::seconds{4};

  contact_list::settings contacts{};
};

inline constexpr duration least_failure_timeout = std::chrono::milliseconds{20};

} // namespace chorus::membership::swim
