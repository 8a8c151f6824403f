#include "earlier_messages.hpp"

#include <chorus/runtime/check.hpp>

#include <iterator>
#include <utility>

namespace chorus {

namespace {

/// True if that was the last of it.
bool settle(earlier_messages::left& channel) {
  auto consumed = channel.consumed->take();
  CHORUS_CHECK(consumed <= channel.bytes, "only what was delivered can be consumed");
  channel.bytes -= consumed;
  return channel.bytes == 0;
}

} // namespace

void earlier_messages::keep(
    const peer& other, link::channel_number channel, std::shared_ptr<consumption> consumed, std::size_t bytes
) {
  if (bytes > 0)
    left_[{other, channel}] = {std::move(consumed), bytes};
}

earlier_messages::left earlier_messages::take(const peer& other, link::channel_number channel) {
  auto found = left_.extract({other, channel});
  if (!found)
    return {std::make_shared<consumption>()};
  settle(found.mapped());
  return std::move(found.mapped());
}

void earlier_messages::sweep() {
  for (auto each = left_.begin(); each != left_.end();)
    each = settle(each->second) ? left_.erase(each) : std::next(each);
}

} // namespace chorus
