#include "lost_messages.hpp"

#include <string>
#include <utility>

namespace chorus {

lost_messages::effect lost_messages::add(time_point now, const loss& what) {
  key where{what.sender ? what.sender->id() : 0, what.receiver, what.reason.code, what.type};
  std::lock_guard guard{mutex_};
  if (closed_)
    return effect::counted;
  auto position = records_.find(where);
  if (position != records_.end()) {
    position->second.count += what.count;
    return effect::counted;
  }
  auto is_first = records_.empty();
  if (records_.size() < limit) {
    records_.emplace(std::move(where), record{what, now, what.count});
  } else {
    static const error beyond{
        errc::overloaded,
        "messages between more than " + std::to_string(limit) + " pairs of actors were lost at a time"};
    auto& rest = records_[key{}];
    if (std::exchange(rest.count, rest.count + what.count) == 0) {
      rest.what.reason = beyond;
      rest.first = now;
    }
  }
  return is_first ? effect::opened_first : effect::opened;
}

std::vector<lost_messages::record> lost_messages::take_all() {
  std::map<key, record> taken;
  {
    std::lock_guard guard{mutex_};
    taken.swap(records_);
  }
  std::vector<record> all;
  all.reserve(taken.size());
  for (auto& [where, found] : taken)
    all.push_back(std::move(found));
  return all;
}

std::vector<lost_messages::record> lost_messages::take(const std::shared_ptr<outbox>& link) {
  std::vector<record> found;
  std::vector<key>
      gone; // its handles may be the last ones of their actors, which then end: not under the mutex
  std::lock_guard guard{mutex_};
  for (auto i = records_.begin(); i != records_.end();) {
    auto next = std::next(i);
    if (i->second.what.link == link) {
      auto node = records_.extract(i);
      gone.push_back(std::move(node.key()));
      found.push_back(std::move(node.mapped()));
    }
    i = next;
  }
  return found;
}

std::vector<lost_messages::record> lost_messages::close() {
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
  }
  return take_all();
}

} // namespace chorus
