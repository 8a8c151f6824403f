#include <chorus/membership/swim/waiting_room.hpp>

#include <algorithm>

namespace chorus::membership::swim {

duration waiting_room::enter(time_point now, const peer& who) {
  if (waiting_.size() >= limit && !waiting_.contains(who))
    waiting_.erase(std::ranges::min_element(waiting_, {}, [](const auto& item) { return item.second.latest; })
    );
  auto& own = waiting_.try_emplace(who, visit{now, now}).first->second;
  if (now - own.latest > lasting_)
    own.first = now;
  own.latest = now;
  return now - own.first;
}

} // namespace chorus::membership::swim
