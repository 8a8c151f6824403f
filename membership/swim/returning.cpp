#include <chorus/membership/swim/core.hpp>

#include <algorithm>
#include <utility>

// Lives that have failed here (docs/decisions/0026-verdicts-are-revocable.md). The verdict holds against all
// that they had said until then. They are asked for ever, slowly, and out of turn when there is a sign of
// life; an answer that says more takes the verdict back.

namespace chorus::membership::swim {

/// A life that has failed speaks, or an earlier one of that node.
void core::meet_failed(time_point now, const peer& from, const message& what) {
  auto* failed = failed_.find(from);
  if (failed == nullptr) {
    ++counters_.messages_of_the_past;
    return;
  }
  const auto is_farewell = [&](const rumour& one) {
    const auto* gone = std::get_if<left>(&one);
    return gone != nullptr && gone->who == from;
  };
  if (std::ranges::any_of(what.rumours, is_farewell))
    hear(now, from, left{from});
  else if (const auto* refused = std::get_if<refusal>(&what.what))
    handle(now, from, *refused); // this node may have declared all others failed because they refuse it
  else if (const auto* greeting = std::get_if<hello>(&what.what))
    handle(now, from, *greeting);
  else
    ask_failed(now, *failed); // it runs, and may take this node for a member
}

/// It answers a question that was put to it after the verdict, and says more than it had said by then.
bool core::takes_back(const failed_lives::life& failed, const hello& answer) const {
  return failed.asked_at && answer.answers == answer.self.where && answer.refutation > failed.refuted;
}

bool core::may_ask(time_point now, const failed_lives::life& failed) const {
  return !failed.asked_at || now - *failed.asked_at >= times_.verdict_gap();
}

/// There is a sign of life: asks out of turn, but not too often, and again soon if there is no answer. The
/// latest question may have been lost while the life was cut off, and the sign may be the only one.
void core::ask_failed(time_point now, failed_lives::life& failed) {
  if (may_ask(now, failed)) {
    introduce(now, failed.who.where);
    note_question(now, failed.who.where);
    ask(now, failed.who.where, &failed);
  }
  contacts_.sign_of_life(now, failed.who.where, times_.verdict_gap());
}

/// Somebody says that a life is a member that has failed here: no proof, but a reason to ask. False if no
/// such life has failed here.
bool core::hear_of_failed(time_point now, const alive& what) {
  auto* failed = failed_.find(what.who.who.node);
  if (failed == nullptr || what.who.who.incarnation > failed->who.who.incarnation)
    return false;
  if (what.who.who == failed->who.who && what.who.nonce == failed->who.nonce
      && what.refutation > failed->refuted)
    ask_failed(now, *failed);
  else
    ++counters_.messages_of_the_past;
  return true;
}

void core::end_failed(time_point now, failed_lives::life& failed, member_over::why reason) {
  auto who = std::move(failed.who);
  failed_.remove(who.who.node);
  ended_.bury(now, who.who, who.where, reason);
  output_.changes.emplace_back(member_over{std::move(who), reason});
}

/// Somebody asks, and says that this node has failed there.
void core::hear_own_failure(time_point now, const peer& by, const failure& what) {
  if (what.who != config_.self.who)
    return; // an earlier life, or whoever was at this address before
  auto* accuser = find(by);
  // They were cut off from each other, and are together again. Nobody could refute so far.
  if (accuser != nullptr && accuser->suspected)
    accuser->suspected->excuse(now, times_.period);
  if (accuser != nullptr && expulsion_.hear(now, by, members_.size())) {
    ++counters_.expulsions;
    output_.expelled_now = expelled{expulsion_.accusers(), members_.size()};
  }
  if (what.refuted >= refutation_)
    refute(now, what.refuted);
}

} // namespace chorus::membership::swim
