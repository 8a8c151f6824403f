#pragma once

#include <span>
#include <string>
#include <string_view>

namespace chorus {

/// Of `names` the one that somebody meant who wrote `word`: the one that differs from it by the fewest
/// letters left out, added, changed or swapped with their neighbour, if these are one for short words, and at
/// most a quarter of the letters. Empty if there is none. (The optimal string alignment distance.)
std::string nearest_name(std::string_view word, std::span<const std::string> names);

} // namespace chorus
