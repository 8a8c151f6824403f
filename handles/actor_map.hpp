#pragma once

#include <cstdint>
#include <unordered_map>

namespace chorus::handles {

/// By the number of an actor. Unordered, because two of them are asked for each message that arrives. No
/// decision depends on their order: sums and ends are the same in any.
template <class Value>
using actor_map = std::unordered_map<std::uint64_t, Value>;

} // namespace chorus::handles
