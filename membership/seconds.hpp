#pragma once

#include <chorus/runtime/time.hpp>

#include <string>

namespace chorus::membership {

/// For people, rounded to tenths: "4.2 s".
std::string in_seconds(duration length);

} // namespace chorus::membership
