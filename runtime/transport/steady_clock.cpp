#include <chorus/runtime/transport/steady_clock.hpp>

#include <chrono>

namespace chorus {

time_point steady_now() noexcept {
  return time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

} // namespace chorus
