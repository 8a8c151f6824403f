#include <chorus/membership/swim/core.hpp>

#include <algorithm>
#include <utility>

// SWIM, section 3.1: each period one member is asked, directly and then through others. Lifeguard, section
// IV-A: how the answers that are missing tell what this node's own ears are worth.

namespace chorus::membership::swim {

void core::probe_next(time_point now) {
  next_probe_ = now + health_.stretch(times_.period);
  settle_own_name(now);
  if (const auto node = schedule_.next())
    start_probe(now, members_.at(*node));
}

/// A no-op if one is under way; false if there are too many.
bool core::start_probe(time_point now, known_member& subject, std::optional<probe::request> asked_for) {
  if (probes_.size() >= probes_limit)
    return false;
  for (const auto& [number, waiting] : probes_)
    if (waiting.subject == subject.who.who && !asked_for && !waiting.asked_for)
      return true;
  probe question{subject.who.who, now, {}, {}};
  // A helper answers in time for whom it helps, so its own health does not matter.
  question.detour_at = now + (asked_for ? round_trips_.timeout() : health_.stretch(round_trips_.timeout()));
  question.ends_at = now + (asked_for ? times_.period : health_.stretch(times_.period));
  question.asked_for = asked_for;
  const auto number = take_number();
  probes_.emplace(number, std::move(question));
  send(subject, ping{number});
  ++counters_.probes_sent;
  return true;
}

void core::handle(time_point, const peer& from, const ping& what) {
  if (const auto* sender = find(from))
    send(*sender, ack{what.number});
}

void core::handle(time_point now, const peer& from, const ack& what) {
  const auto waiting = probes_.find(what.number);
  if (waiting == probes_.end())
    return;
  if (waiting->second.subject != from) {
    hear_stranger(now, from, waiting->second.subject);
    return;
  }
  const auto over = std::move(waiting->second);
  probes_.erase(waiting);
  round_trips_.measure(now - over.asked_at);
  if (over.asked_for) {
    if (const auto* asker = find(over.asked_for->by))
      send(*asker, indirect_ack{over.asked_for->number});
    return;
  }
  if (auto* subject = find(from))
    subject->refusals_count_from.reset();
  // An answer that comes late, but before the period ends, clears the member and not this node.
  if (!over.detoured)
    health_.improve();
}

void core::handle(time_point now, const peer& from, const ping_request& what) {
  const auto* asker = find(from);
  if (asker == nullptr)
    return;
  auto* subject = find(what.subject);
  if (subject == nullptr || !start_probe(now, *subject, probe::request{from, what.number}))
    send(*asker, nack{what.number});
}

void core::handle(time_point, const peer& from, const indirect_ack& what) {
  const auto waiting = probes_.find(what.number);
  if (waiting == probes_.end() || !waiting->second.detoured || waiting->second.subject == from)
    return;
  // It answered after it was asked; how much later, only the helper knows.
  if (auto* subject = find(waiting->second.subject))
    subject->heard_at = std::max(subject->heard_at, std::optional{waiting->second.asked_at});
  probes_.erase(waiting);
}

void core::handle(time_point, const peer& from, const nack& what) {
  const auto waiting = probes_.find(what.number);
  if (waiting != probes_.end())
    std::erase(waiting->second.silent_helpers, from);
}

/// What is due: detours of probes without an answer, and the end of those that nobody answers.
void core::advance_probes(time_point now) {
  std::vector<probe> over;
  for (auto next = probes_.begin(); next != probes_.end();) {
    auto item = next++;
    auto& waiting = item->second;
    if (!waiting.detoured && waiting.detour_at <= now)
      take_detour(now, item->first, waiting);
    if (waiting.ends_at > now)
      continue;
    over.push_back(std::move(waiting));
    probes_.erase(item);
  }
  for (const auto& one : over)
    if (!one.asked_for)
      fail_probe(now, one);
}

void core::take_detour(time_point now, probe_number number, probe& waiting) {
  waiting.detoured = true;
  if (waiting.asked_for) {
    if (const auto* asker = find(waiting.asked_for->by))
      send(*asker, nack{waiting.asked_for->number});
    return;
  }
  ++counters_.probes_missed;
  auto* subject = find(waiting.subject);
  if (subject == nullptr)
    return;
  auto can_help = [&](const node_id& node) {
    if (node == waiting.subject.node || suspects_.contains(node))
      return false;
    const auto& silent = subject->suspected;
    return !silent || !silent->abstentions().contains(members_.at(node).who.who);
  };
  for (const auto& node : schedule_.sample(helpers, can_help)) {
    const auto& helper = members_.at(node);
    waiting.silent_helpers.push_back(helper.who.who);
    send(helper, ping_request{number, waiting.subject});
  }
  waiting.had_helpers = !waiting.silent_helpers.empty();
  try_connection_to(now, *subject);
}

void core::fail_probe(time_point now, const probe& over) {
  ++counters_.probes_failed;
  // When all helpers say that they have heard this node, the silence is not its own. Helpers that are
  // suspected meanwhile could not say so.
  const auto missing =
      std::ranges::count_if(over.silent_helpers, [this](const peer& helper) { return is_trusted(helper); });
  if (missing > 0)
    health_.worsen(static_cast<int>(missing));
  else if (!over.had_helpers)
    health_.worsen();
  if (auto* subject = find(over.subject)) {
    accuse_myself(now, *subject, evidence::silence);
    vacate(now, *subject);
  }
}

/// Somebody else than the member has answered what was sent to the member's address.
void core::hear_stranger(time_point now, const peer& from, const peer& expected) {
  auto* subject = find(expected);
  if (subject == nullptr)
    return;
  if (from.node != expected.node)
    accuse_myself(now, *subject, evidence::address_taken);
  else if (from.incarnation > expected.incarnation)
    ask_out_of_turn(now, subject->who.where);
}

probe_number core::take_number() {
  do
    next_number_ = next_number_.next();
  while (probes_.contains(next_number_));
  return next_number_;
}

} // namespace chorus::membership::swim
