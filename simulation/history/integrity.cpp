#include <chorus/simulation/history/integrity.hpp>

#include <set>
#include <utility>

namespace chorus::simulation {

std::vector<violation> check_integrity(const broadcast_history& history) {
  std::vector<violation> found;
  std::set<std::pair<participant, message_id>> delivered;
  for (const auto& stay : history.stays()) {
    for (const auto& [message, at, published] : stay.deliveries) {
      if (found.size() == max_violations)
        return found;
      auto who_and_what = to_string(stay.member) + " delivered " + to_string(message);
      if (!published)
        found.push_back({"no creation", who_and_what + ", which nobody had published", {message}});
      else if (!delivered.emplace(stay.member, message).second)
        found.push_back({"no duplicate", who_and_what + " twice", {message}});
    }
  }
  return found;
}

} // namespace chorus::simulation
