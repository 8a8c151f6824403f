#include <chorus/membership/seconds.hpp>

namespace chorus::membership {

std::string in_seconds(duration length) {
  const auto tenths = std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(length).count();
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

} // namespace chorus::membership
