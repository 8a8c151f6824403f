#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/membership/notices.hpp>
#include <chorus/membership/swim/message.hpp>
#include <chorus/runtime/steps.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::membership::swim {

using input = std::variant<add_seed, unreachable, leave, update, connection_lost, connection_tried>;

/// Performed in the order of the fields.
struct output {
  using change =
      std::variant<member_failed, member_over, member_up, member_suspected, member_trusted, member_updated>;

  /// In the order in which it happened; the old life of a member is over before the new one is up.
  std::vector<change> changes;
  std::vector<try_connection> connections;
  std::vector<transmit<message>> messages; ///< to members, after their `member_up`
  std::vector<contact<message>> contacts;
  std::vector<reply<message>> replies;
  std::vector<seed_silent> silent_seeds;
  std::vector<notice> notices;
  std::optional<expelled> expelled_now;
  std::optional<rejected> rejection; ///< at most once in a life

  bool empty() const noexcept {
    return changes.empty() && !expelled_now && !rejection && connections.empty() && messages.empty()
           && contacts.empty() && replies.empty() && silent_seeds.empty() && notices.empty();
  }

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    for (auto& one : changes)
      std::visit([&](auto& step) { visit(std::move(step)); }, one);
    for (auto& step : connections)
      visit(std::move(step));
    for (auto& step : messages)
      visit(std::move(step));
    for (auto& step : contacts)
      visit(std::move(step));
    for (auto& step : replies)
      visit(std::move(step));
    for (auto& step : silent_seeds)
      visit(std::move(step));
    for (auto& step : notices)
      visit(std::move(step));
    if (expelled_now)
      visit(std::move(*expelled_now));
    if (rejection)
      visit(std::move(*rejection));
  }
};

/// For metrics and tests.
struct counters {
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t messages_invalid = 0;     ///< refused because of their content
  std::uint64_t messages_of_the_past = 0; ///< of or about lives that are over
  std::uint64_t rumours_sent = 0;         ///< counted each time that one travels
  std::uint64_t rumours_dropped = 0;      ///< because there were too many
  std::uint64_t probes_sent = 0;
  std::uint64_t probes_missed = 0;       ///< without a direct answer in time
  std::uint64_t probes_failed = 0;       ///< without any answer
  std::uint64_t suspicions = 0;          ///< begun here
  std::uint64_t refutations = 0;         ///< of suspicions of this node
  std::uint64_t abstentions = 0;         ///< heard, and not waited for any more
  std::uint64_t verdicts = 0;            ///< of failure that were found here, not heard
  std::uint64_t verdicts_doubted = 0;    ///< heard, and not believed
  std::uint64_t verdicts_stale = 0;      ///< heard, though the member has said more since
  std::uint64_t verdicts_taken_back = 0; ///< because the life has answered
  std::uint64_t failed_asked = 0;        ///< questions to lives that have failed here
  std::uint64_t accusations_above = 0;   ///< of this node, of more than it has said; ignored
  std::uint64_t expulsions = 0;
  std::uint64_t exchanges = 0; ///< in which views differed
  std::uint64_t refusals_sent = 0;
  std::uint64_t introductions_dropped = 0; ///< because the contact list was full
  std::uint64_t seeds_dropped = 0;         ///< because there were more than `contact_list::limit`
  std::uint64_t pauses_noticed = 0;        ///< this node itself did not run for a while
};

} // namespace chorus::membership::swim
