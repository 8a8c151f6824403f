#pragma once

#include "../handles/handle_accounts.hpp"
#include "../link/link_books.hpp"
#include "../requests/promises.hpp"
#include "relation_checkers.hpp"

#include <chorus/runtime/link/link.hpp>
#include <chorus/simulation/coverage.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace chorus::testing {

/// What somebody knows who hears everything that the processes of one world report above membership.
struct joint_books {
  explicit joint_books(const link::config& limits) : links(limits) {}

  std::vector<simulation::checker*> checkers() {
    auto all = links.checkers();
    all.insert(all.end(), {&turns, &bystanders, &up_again, &accounts, &promises, &monitors, &names});
    return all;
  }

  std::uint64_t new_request(const handles::actor_name& requester) {
    accounts.asked(++last_request, requester);
    return last_request;
  }

  /// Both ends of a relation that was up have ended it by themselves: neither was told by the other.
  void note_down(const link_end& end, membership::peers::down_reason reason) {
    downs[end] = reason;
    has_ends = true;
    auto is_told = [](auto why) {
      return why == membership::peers::down_reason::ended_by_peer
             || why == membership::peers::down_reason::left;
    };
    if (is_told(reason))
      return;
    auto partner = partners.find(end);
    auto other = partner == partners.end() ? downs.end() : downs.find(partner->second);
    if (other != downs.end() && !is_told(other->second))
      met.add("both ended at once");
  }

  /// Whether that end was up and was not closed.
  bool goes_on(const link_end& end) const { return partners.contains(end) && !closed.contains(end); }

  link_books links;
  relations_in_turn turns;
  bystanders_notice_nothing bystanders;
  all_are_up_again up_again;
  handle_accounts accounts;
  promises_of_requests promises;
  monitors_end_once monitors;
  names_agree names;
  simulation::coverage met;

  /// Somebody had a handle of an actor that has ended. Without an end of a relation or of a process that
  /// takes somebody who ends it.
  void found_ended(const handles::actor_name& actor) {
    if (!has_ends && !killed.contains(actor))
      accounts.fault(
          "actor " + std::to_string(actor.actor) + " of " + to_string(actor.home)
          + " has ended while somebody had a handle"
      );
  }

  bool has_ends = false;
  std::set<handles::actor_name> killed;
  std::uint64_t last_request = 0;
  std::set<handles::actor_name> servers; ///< of all processes
  std::set<handles::actor_name> routers;
  std::map<link_end, link_end> partners; ///< of ends that were up
  std::set<link_end> closed;
  std::map<link_end, membership::peers::down_reason> downs; ///< how they ended
};

} // namespace chorus::testing
