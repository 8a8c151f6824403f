#pragma once

#include <chorus/consensus/generals/order.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <vector>

namespace chorus::consensus::generals {

/// What all generals know of a battle before it begins: the paper's system model is synchronous.
///
/// Round r, from 0, ends at `start + (r + 1) * round`. What is sent in it must arrive before it ends; what
/// arrives later was not sent (assumption A3: the absence of a message can be detected). There are
/// `traitors + 1` rounds, the fewest with which any deterministic protocol bears that many traitors
/// (Fischer and Lynch, "A lower bound for the time to assure interactive consistency", 1982).
struct battle {
  battle_id id;
  std::vector<peer> generals; ///< the first commands; the same order at every general
  general self = 0;           ///< this general's place among them
  std::size_t traitors = 1;   ///< m of OM(m) and SM(m): how many may lie

  time_point start; ///< of round 0, by this node's clock

  /// Pre: longer than the slowest message takes, and the clocks of any two generals are apart by.
  duration round = std::chrono::seconds{1};

  std::size_t rounds() const noexcept { return traitors + 1; }

  /// When the round is over, by this node's clock. Pre: `which < rounds()`.
  time_point end_of(std::size_t which) const noexcept;

  bool is_commander() const noexcept { return self == commander; }
};

/// Ends the process if `fought` is not a battle that can be fought: no lieutenant, more generals or
/// traitors than the limits, `traitors + 1` generals or fewer (nobody loyal would be left to agree), a
/// general named twice, `self` not among them, a round without length.
void check(const battle& fought, std::size_t generals_limit, std::size_t traitors_limit);

} // namespace chorus::consensus::generals
