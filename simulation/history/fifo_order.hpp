#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <vector>

namespace chorus::simulation {

/// The FIFO rung of broadcast (Hadzilacos and Toueg, "Fault-tolerant broadcasts and related problems", 1993):
/// the messages of one origin are delivered in the order in which it published them.
///
/// - "fifo order": a message is delivered after a later one of its origin, in one stay of the member.
/// - "fifo gap": a message is delivered, an earlier one of its origin never, in one stay; and the member owes
///   the earlier one, or had begun with one that is earlier still.
///
/// At most `max_violations`, one for each missing or late message. Empty if the promise is kept. Messages
/// that nobody had published are left to `check_integrity`. Time: O(s m + d log d) for s stays, m messages
/// and d deliveries.
std::vector<violation> check_fifo_order(const broadcast_history& history);

} // namespace chorus::simulation
