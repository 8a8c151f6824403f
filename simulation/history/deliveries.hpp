#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>

#include <cstddef>
#include <map>
#include <vector>

namespace chorus::simulation {

/// The messages of a stay, each where it came first.
std::vector<message_id> sequence_of(const broadcast_history::stay& stay);

/// Where each message stands in the sequence.
std::map<message_id, std::size_t> positions_in(const std::vector<message_id>& sequence);

} // namespace chorus::simulation
