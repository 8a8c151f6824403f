#include <chorus/runtime/check.hpp>
#include <chorus/runtime/lamport_clock.hpp>

#include <algorithm>

namespace chorus {

lamport_time lamport_clock::tick() {
  CHORUS_CHECK(now_ < lamport_time::max(), "the end of logical time");
  now_ = now_.next();
  return now_;
}

std::optional<lamport_time> lamport_clock::witness(lamport_time sent) {
  if (sent > latest_believed)
    return std::nullopt;
  now_ = std::max(now_, sent);
  return tick();
}

std::string to_string(const lamport_stamp& stamp) {
  return to_string(stamp.time) + '@' + to_string(stamp.node);
}

} // namespace chorus
