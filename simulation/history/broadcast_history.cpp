#include <chorus/runtime/check.hpp>
#include <chorus/simulation/history/broadcast_history.hpp>

namespace chorus::simulation {

void broadcast_history::founded(participant member) {
  CHORUS_CHECK(publishings_.empty() && !current_.contains(member), "a founder is there before anything else");
  begin(member).founder = true;
}

void broadcast_history::joining(participant member) {
  begin(member);
}

event broadcast_history::joined(participant member) {
  auto found = current_.find(member);
  bool is_joining =
      found != current_.end() && !stays_[found->second].founder && !stays_[found->second].joined;
  auto& here = is_joining ? stays_[found->second] : begin(member);
  here.joined = truth_.append(member);
  return here.joined;
}

message_id broadcast_history::published(participant origin) {
  auto& earlier = publishings_[origin];
  earlier.push_back(truth_.append(origin));
  return {origin, earlier.size()};
}

void broadcast_history::delivered(participant member, message_id message) {
  auto published = publishing_of(message);
  auto at = published ? truth_.append(member, published) : truth_.append(member);
  current(member).deliveries.push_back({message, at, published});
}

std::uint64_t broadcast_history::published_by(participant origin) const {
  auto found = publishings_.find(origin);
  return found == publishings_.end() ? 0 : found->second.size();
}

std::vector<participant> broadcast_history::origins() const {
  std::vector<participant> all;
  for (const auto& [origin, events] : publishings_)
    all.push_back(origin);
  return all;
}

event broadcast_history::publishing_of(const message_id& message) const {
  auto found = publishings_.find(message.origin);
  if (found == publishings_.end() || message.number == 0 || message.number > found->second.size())
    return {};
  return found->second[message.number - 1];
}

bool broadcast_history::owes(const stay& where, const message_id& message) const {
  auto published = publishing_of(message);
  if (!published)
    return false;
  return where.founder || (where.joined && truth_.holds(where.joined, published));
}

broadcast_history::stay& broadcast_history::current(participant member) {
  auto found = current_.find(member);
  return found == current_.end() ? begin(member) : stays_[found->second];
}

broadcast_history::stay& broadcast_history::begin(participant member) {
  current_[member] = stays_.size();
  stays_.push_back({member, false, {}, {}});
  return stays_.back();
}

} // namespace chorus::simulation
