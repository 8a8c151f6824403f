#pragma once

#include <chorus/runtime/result.hpp>

#include <cstdint>

namespace chorus::requests {

/// Why a try has failed, if not by an answer of its target.
enum class try_failure : std::uint8_t {
  no_room,        ///< in a link, of the request or of its answer; there may be room later
  target_leaving, ///< the target's node takes no new requests, and still answers those that it has
  target_lost,    ///< the target or its node has ended
  hopeless,       ///< the request or its answer will never travel
};

/// By the code of the error that a node gives in place of an answer.
try_failure failure_of(errc code) noexcept;

/// What a call of several tries does then.
enum class next_step : std::uint8_t {
  try_again,
  await_open_tries, ///< send nothing until all of them have failed
  find_target,      ///< again, and try that one
  give_up,          ///< what is known of all its tries is the end of the call
};

/// `has_open_tries`: other tries of the call may still be answered.
next_step after(try_failure failure, bool can_find_target, bool has_open_tries) noexcept;

} // namespace chorus::requests
