#pragma once

#include <chorus/runtime/ids.hpp>

#include <compare>
#include <cstdint>

namespace chorus::requests {

/// Who calls: one caller in one life of one node. A caller that lost its memory is another one, because its
/// numbers begin again.
struct caller_id {
  peer home;
  std::uint64_t number = 0;

  friend constexpr auto operator<=>(const caller_id&, const caller_id&) noexcept = default;
};

/// Who is called, and removes duplicates: one receiver in one life of one node.
struct server_id {
  peer home;
  std::uint64_t number = 0;

  friend constexpr auto operator<=>(const server_id&, const server_id&) noexcept = default;
};

/// A call, however often it is tried: what Birrell and Nelson name the call identifier ("Implementing remote
/// procedure calls", ACM TOCS 2(1), 1984, section 3.2). A caller numbers its calls upwards from 1.
struct call_id {
  caller_id caller;
  std::uint64_t number = 0;

  friend constexpr auto operator<=>(const call_id&, const call_id&) noexcept = default;
};

} // namespace chorus::requests
