#include "unreadable_messages.hpp"

#include <caf/message_id.hpp>

namespace chorus {

unreadable_messages::effect unreadable_messages::add(const peer& from, const unreadable_message& what) {
  auto where = key_of(from, what);
  if (auto known = records_.find(where); known != records_.end()) {
    known->second.count += what.count;
    return effect::counted;
  }
  if (records_.size() >= limit)
    return effect::dropped;
  records_.emplace(where, what).first->second.count = 0; // this one is told now
  return effect::opened;
}

std::vector<std::pair<peer, unreadable_message>> unreadable_messages::take_all() {
  std::vector<std::pair<peer, unreadable_message>> all;
  for (auto i = records_.begin(); i != records_.end();) {
    auto& [where, record] = *i;
    if (record.count == 0) {
      i = records_.erase(i);
      continue;
    }
    all.emplace_back(where.from, record);
    record.count = 0;
    ++i;
  }
  return all;
}

void unreadable_messages::postpone(const peer& from, const unreadable_message& what) {
  if (auto known = records_.find(key_of(from, what)); known != records_.end())
    known->second.count += what.count;
}

void unreadable_messages::forget(const peer& who) {
  std::erase_if(records_, [&who](auto& record) { return record.first.from == who; });
}

unreadable_messages::key unreadable_messages::key_of(const peer& from, const unreadable_message& what) {
  caf::message_id id{what.header.id};
  auto kind = id.is_request()    ? message_kind::request
              : id.is_response() ? message_kind::response
                                 : message_kind::one_way;
  return {from, what.sender, what.receiver, what.header.foreign_sender, kind, what.type, what.reason};
}

} // namespace chorus
