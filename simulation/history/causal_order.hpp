#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <vector>

namespace chorus::simulation {

/// Causal order against the true happens-before of the history (Hadzilacos and Toueg, "Fault-tolerant
/// broadcasts and related problems", 1993): if the publishing of m1 happened before the publishing of m2, no
/// member delivers m2 before m1.
///
/// - "causal order": m2 was delivered in a stay, and m1 after it.
/// - "causal gap": m2 was delivered in a stay, m1 never, and the member owes m1: m1 was published after it
/// had
///   joined. What was published before or while it joined belongs to the cut at which it began.
///
/// At most `max_violations`. Empty if the promise is kept. A member that delivers nothing breaks nothing
/// here: see `check_agreement`. Time: O(s m + d o log m) for s stays, m messages, d deliveries and o origins.
std::vector<violation> check_causal_order(const broadcast_history& history);

} // namespace chorus::simulation
