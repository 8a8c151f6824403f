#include "deliveries.hpp"

#include <set>

namespace chorus::simulation {

std::vector<message_id> sequence_of(const broadcast_history::stay& stay) {
  std::vector<message_id> sequence;
  std::set<message_id> seen;
  for (const auto& delivery : stay.deliveries)
    if (seen.insert(delivery.message).second)
      sequence.push_back(delivery.message);
  return sequence;
}

std::map<message_id, std::size_t> positions_in(const std::vector<message_id>& sequence) {
  std::map<message_id, std::size_t> positions;
  for (std::size_t i = 0; i < sequence.size(); ++i)
    positions.emplace(sequence[i], i);
  return positions;
}

} // namespace chorus::simulation
