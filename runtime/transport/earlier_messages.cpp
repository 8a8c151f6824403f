#include "earlier_messages.hpp"

#include <chorus/runtime/check.hpp>

#include <iterator>
#include <utility>

namespace chorus {

namespace {

/// True if that was the last of it.
bool settle(earlier_messages::left& life) {
  auto consumed = life.consumed->take();
  CHORUS_CHECK(consumed <= life.bytes, "only what was delivered can be consumed");
  life.bytes -= consumed;
  return life.bytes == 0;
}

} // namespace

void earlier_messages::keep(const peer& other, std::shared_ptr<consumption> consumed, std::size_t bytes) {
  if (bytes > 0)
    lives_[other] = {std::move(consumed), bytes};
}

earlier_messages::left earlier_messages::take(const peer& other) {
  auto found = lives_.extract(other);
  if (!found)
    return {std::make_shared<consumption>()};
  settle(found.mapped());
  return std::move(found.mapped());
}

void earlier_messages::sweep() {
  for (auto life = lives_.begin(); life != lives_.end();)
    life = settle(life->second) ? lives_.erase(life) : std::next(life);
}

} // namespace chorus
