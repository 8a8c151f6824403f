#pragma once

#include <chorus/runtime/strong_integer.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace chorus::simulation {

/// Who does something in a history: a client, a member, an origin of messages. Small numbers, given by
/// whoever records. A node that has lost its memory comes back as another one. The first is 1; 0 means
/// "nobody".
using participant = strong_integer<struct participant_tag, std::uint32_t>;

/// `p<number>`.
std::string to_string(participant who);

/// One published message: the `number`-th of its origin, counted from 1.
struct message_id {
  participant origin;
  std::uint64_t number = 0;

  friend constexpr auto operator<=>(const message_id&, const message_id&) noexcept = default;
};

/// `p<origin>#<number>`.
std::string to_string(const message_id& message);

} // namespace chorus::simulation
