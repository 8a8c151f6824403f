#include <chorus/membership/swim/core.hpp>

#include <tuple>
#include <utility>

// A data directory that was copied gives one node id to several processes, which tears every table that is
// keyed by it. The one that is a member goes on, the others are refused.

namespace chorus::membership::swim {

/// Another process says that it has this node's id, or it is an echo of this one.
void core::meet_own_node_id(time_point now, const member& other, bool other_is_in) {
  const auto& self = config_.self;
  if (other == self)
    return;
  const auto is_same_process = other.who == self.who && other.nonce == self.nonce;
  auto rank = [](const member& process) {
    // Of two members in the same life somebody has to stay: by address, for want of anything better.
    return std::tuple{process.who.incarnation, process.where, process.name};
  };
  const auto other_stays = is_in() == other_is_in ? rank(other) > rank(self) : other_is_in;
  if (other_stays && !is_same_process) {
    heed_refusal(now, explain(now, refusal::why::node_id_taken, self.who, other));
    return;
  }
  ++counters_.messages_of_the_past;
  if (other.where != self.where)
    refuse(now, refusal::why::node_id_taken, other, self);
}

/// False if a member with that node id, in an earlier life, is elsewhere and may live.
bool core::may_succeed(time_point now, const member& comer) {
  const auto known = members_.find(comer.who.node);
  if (known == members_.end() || known->second.who.who.incarnation >= comer.who.incarnation
      || known->second.who.where == comer.where)
    return true;
  auto& earlier = known->second;
  using advice = succession::advice;
  if (!earlier.successor || earlier.successor->heir() != comer)
    earlier.successor.emplace(now, comer);
  const auto what = earlier.successor->hear(now, earlier.heard_at);
  if (what == advice::take)
    return true;
  if (what == advice::refuse)
    refuse(now, refusal::why::node_id_taken, comer, earlier.who);
  look_myself(now, earlier, true);
  return false;
}

/// Whether another process in the same life is a member, or was and may come back.
bool core::is_twin(time_point now, const member& comer) {
  auto* known = find(comer.who);
  const auto* failed = failed_.find(comer.who);
  const auto& holder = known != nullptr ? known->who : failed != nullptr ? failed->who : comer;
  if (holder.nonce == comer.nonce)
    return false;
  refuse(now, refusal::why::node_id_taken, comer, holder);
  if (known != nullptr)
    look_myself(now, *known, false);
  return true;
}

/// A member does not answer. If somebody waits for its place, it is asked, and its answer lets it in.
void core::vacate(time_point now, known_member& subject) {
  if (!subject.successor)
    return;
  subject.successor->vacate(now);
  ask_out_of_turn(now, subject.successor->heir().where);
}

} // namespace chorus::membership::swim
