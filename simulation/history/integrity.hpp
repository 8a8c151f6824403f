#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <vector>

namespace chorus::simulation {

/// What every rung of broadcast promises of single messages (Hadzilacos and Toueg, "Fault-tolerant broadcasts
/// and related problems", 1993: integrity).
///
/// - "no creation": what is delivered was published before.
/// - "no duplicate": no member delivers a message twice, also not after joining again.
///
/// At most `max_violations`. Empty if the promises are kept. Time: O(d log d) for d deliveries.
std::vector<violation> check_integrity(const broadcast_history& history);

} // namespace chorus::simulation
