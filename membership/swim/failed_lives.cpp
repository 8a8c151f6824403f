#include <chorus/membership/swim/failed_lives.hpp>

#include <algorithm>
#include <utility>

namespace chorus::membership::swim {

void failed_lives::add(time_point now, member who, chorus::refutation refuted) {
  const auto node = who.who.node;
  if (lives_.size() >= limit && !lives_.contains(node))
    lives_.erase(std::ranges::min_element(lives_, {}, [](const auto& item) { return item.second.failed_at; })
    );
  lives_.insert_or_assign(node, life{std::move(who), refuted, now});
}

failed_lives::life* failed_lives::find(const node_id& node) {
  const auto found = lives_.find(node);
  return found == lives_.end() ? nullptr : &found->second;
}

const failed_lives::life* failed_lives::find(const node_id& node) const {
  return const_cast<failed_lives*>(this)->find(node);
}

failed_lives::life* failed_lives::find(const peer& who) {
  auto* known = find(who.node);
  return known != nullptr && known->who.who == who ? known : nullptr;
}

failed_lives::life* failed_lives::find_at(const address& where) {
  life* latest = nullptr;
  for (auto& [node, known] : lives_)
    if (known.who.where == where && (latest == nullptr || latest->failed_at < known.failed_at))
      latest = &known;
  return latest;
}

std::vector<failed_lives::life> failed_lives::since(time_point when, std::size_t count) const {
  std::vector<life> latest;
  for (const auto& [node, known] : lives_)
    if (known.failed_at >= when)
      latest.push_back(known);
  std::ranges::stable_sort(latest, std::ranges::greater{}, &life::failed_at);
  latest.resize(std::min(latest.size(), count));
  return latest;
}

} // namespace chorus::membership::swim
