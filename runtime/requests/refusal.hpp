#pragma once

#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/result.hpp>

#include <cstdint>
#include <optional>

namespace chorus::requests {

/// What a receiver that removes duplicates says to a try in place of an answer. The numbers go over the wire.
enum class refusal : std::uint8_t {
  overloaded = 1, ///< this try is not executed; the caller may try again
  superseded = 2, ///< a later try of the same call will be answered
  not_kept = 3,   ///< the call was executed; its answer is lost
  stale = 4,      ///< the caller has given the call up, as far as the receiver knows
};

/// What the try has come to.
request_fate fate_of(refusal reason) noexcept;

/// The code of the error with which a call ends after it, if what became of the call is known.
errc code_of(refusal reason) noexcept;

/// None if the verdict is to execute the try or to answer it. For a call that runs: what the earlier try is
/// told.
std::optional<refusal> refusal_of(duplicate_filter::verdict verdict) noexcept;

} // namespace chorus::requests
