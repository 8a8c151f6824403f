#pragma once

#include <cstdint>
#include <string_view>

namespace chorus::requests {

/// How often a request is executed whose answer does not come (Coulouris, Dollimore, Kindberg and Blair,
/// "Distributed Systems", 5.3.1; the classes are Spector's, "Performing remote operations efficiently on a
/// local computer network", CACM 25(4), 1982).
///
/// | | tried again | duplicates removed | executed | fit for |
/// |---|---|---|---|---|
/// | maybe | no | by the link only | once or not at all | what may get lost, or is asked again by a person |
/// | at_least_once | yes | no | any number of times; once or more if answered | idempotent operations |
/// | at_most_once | yes | at the receiver | once or not at all; once if answered | any operation |
///
/// None of them says whether it was executed when no answer came: that is `errc::outcome_unknown`. Exactly
/// once needs a receiver that does not forget when it crashes.
enum class request_semantics : std::uint8_t { maybe, at_least_once, at_most_once };

/// `maybe`, `at-least-once`, `at-most-once`.
std::string_view to_string(request_semantics what) noexcept;

} // namespace chorus::requests
