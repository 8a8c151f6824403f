#include <chorus/membership/swim/ended_lives.hpp>

#include <algorithm>

namespace chorus::membership::swim {

void ended_lives::bury(time_point now, const peer& who, const address& where, member_over::why reason) {
  if (find(who) != nullptr)
    return;
  if (lives_.size() >= limit && !lives_.contains(who.node))
    lives_.erase(std::ranges::min_element(lives_, {}, [](const auto& item) { return item.second.ended_at; }));
  lives_[who.node] = {who, where, reason, now, std::nullopt};
}

ended_lives::life* ended_lives::find(const peer& who) {
  const auto found = lives_.find(who.node);
  return found != lives_.end() && who.incarnation <= found->second.who.incarnation ? &found->second : nullptr;
}

const ended_lives::life* ended_lives::find(const peer& who) const {
  return const_cast<ended_lives*>(this)->find(who);
}

std::vector<ended_lives::life> ended_lives::since(time_point when, std::size_t count) const {
  std::vector<life> latest;
  for (const auto& [node, ended] : lives_)
    if (ended.ended_at >= when && ended.reason == member_over::why::left)
      latest.push_back(ended);
  std::ranges::stable_sort(latest, std::ranges::greater{}, &life::ended_at);
  latest.resize(std::min(latest.size(), count));
  return latest;
}

} // namespace chorus::membership::swim
