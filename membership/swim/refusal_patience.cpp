#include <chorus/membership/swim/refusal_patience.hpp>

#include <utility>

namespace chorus::membership::swim {

refusal_patience::advice refusal_patience::hear(time_point now, const refusal& what) {
  const auto is_first = !is_tried(now);
  latest_ = now;
  if (is_first) {
    first_ = now;
    waits_on_ = false;
    return advice::begin;
  }
  const auto lasted = now - first_;
  if (lasted < times_.refusal_patience())
    return advice::go_on;
  // What the holder sent before it died may have arrived later.
  const auto holder_lives = what.heard_ago && *what.heard_ago + times_.longest_flight() <= lasted;
  const auto has_holder =
      what.reason == refusal::why::name_taken || what.reason == refusal::why::node_id_taken;
  if (!has_holder || holder_lives)
    return advice::give_up;
  return std::exchange(waits_on_, true) ? advice::go_on : advice::wait_on;
}

} // namespace chorus::membership::swim
