#pragma once

#include <chorus/simulation/history/broadcast_history.hpp>
#include <chorus/simulation/history/violation.hpp>

#include <set>
#include <vector>

namespace chorus::simulation {

/// Whose deliveries oblige the correct members.
enum class agreement_kind {
  regular, ///< those of correct members
  uniform, ///< those of all members, also of one that failed right after
};

/// Agreement and validity at the end of a run, when nothing is under way any more (Hadzilacos and Toueg,
/// "Fault-tolerant broadcasts and related problems", 1993). `correct` are the members that were there to the
/// end and that all others can reach; the rest is bound by nothing here.
///
/// - "agreement": a correct member lacks a message that somebody delivered (`agreement_kind` says who) and
/// that
///   it owes since its latest joining.
/// - "validity": a correct member lacks a message that it published itself after its latest joining.
///
/// At most `max_violations`, one of each kind for each member. Empty if the promises are kept.
/// Time: O(s d log d) for s stays of d deliveries.
std::vector<violation>
check_agreement(const broadcast_history& history, const std::set<participant>& correct, agreement_kind kind);

} // namespace chorus::simulation
