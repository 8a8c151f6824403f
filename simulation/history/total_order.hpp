#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <vector>

namespace chorus::simulation {

/// How much of one order is promised.
enum class total_order_kind {
  common_messages, ///< members may lack messages, but never disagree about the order of those they have
  prefix,          ///< besides, who begins at the same message goes on with the same ones: a replicated log
};

/// Total order (Hadzilacos and Toueg, "Fault-tolerant broadcasts and related problems", 1993, and their
/// remark that two members' agreement on pairs is not enough while members lack messages).
///
/// - "total order": two members delivered two messages in different orders.
/// - "one order": no two members disagree, but the orders of three or more form a cycle, so that no single
/// order
///   contains them all.
/// - "same prefix", if asked for: two founders, or a member and another that delivered the message the first
///   began with, went on from there with different messages. One may be behind the other.
///
/// A message that a member delivers twice counts where it came first (`check_integrity` reports it). At most
/// `max_violations`; cycles are looked for when no two members disagree, and one is reported. Empty if the
/// promise is kept. Time: O(s² d log d) for s stays of d deliveries.
std::vector<violation> check_total_order(const broadcast_history& history, total_order_kind kind);

} // namespace chorus::simulation
