#pragma once

#include <chorus/membership/suspicion_report.hpp>
#include <chorus/membership/swim/rumour.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

namespace chorus::membership::swim {

/// What a suspicion has to wait for in a cluster of a certain size and state.
struct suspicion_terms {
  duration shortest;       ///< with all confirmations, or if nobody can confirm
  duration longest;        ///< without any
  duration grace;          ///< after the first strong evidence
  std::size_t trusted = 1; ///< members that are not suspected, this node included
};

/// One life that is suspected, as long as that is neither refuted nor come true.
///
/// The time until the verdict shrinks with each independent confirmation (Lifeguard, section IV-B): what
/// one node alone believes is more often its own trouble than what several found out independently.
/// Strong evidence (a refused connection, somebody else at the address) of several members ends it at
/// once.
///
/// It waits only for members that can answer: those that are trusted and have not abstained. A member
/// abstains that does not have the subject as a member: a newcomer, which does not take up who is
/// suspected, or a member for which the subject is over already.
///
/// Voices that do not count (their accusers are suspected themselves) are kept, as they may count later.
class suspicion {
public:
  /// Most confirmations that are asked for (Lifeguard: K).
  static constexpr std::size_t confirmations_limit = 3;

  /// Members whose strong evidence ends the suspicion at once; fewer if fewer can answer.
  static constexpr std::size_t strong_evidences = 2;

  /// Abstentions that are remembered.
  static constexpr std::size_t abstentions_limit = limits::members;

  /// Accusers that are remembered; more change nothing.
  static constexpr std::size_t accusers_limit = 16;

  /// Pre: `refuted` is what the subject has refuted so far.
  suspicion(time_point now, peer subject, chorus::refutation refuted)
      : subject_(subject), refutation_(refuted), since_(now) {}

  /// True if this is news: another accuser, or one that has found stronger evidence.
  bool hear(time_point now, const voice& said);

  /// That member can say nothing about the subject. A no-op if it has accused it before. True if this is
  /// news.
  bool abstain(const peer& member);

  /// Decides anew which voices count and when the verdict falls. `counts(member)` tells whether that
  /// life is trusted.
  template <class Predicate>
  void weigh(const suspicion_terms& terms, Predicate&& counts) {
    for (auto& one : accusations_)
      one.counts = counts(one.accuser);
    const auto silent = static_cast<std::size_t>(std::ranges::count_if(abstentions_, counts));
    reckon(terms, terms.trusted - std::min(silent, terms.trusted - 1));
  }

  /// When the verdict falls, as of the last `weigh`.
  time_point deadline() const noexcept { return std::max(deadline_, excused_until_); }

  /// There is a reason why the subject could not refute before: no verdict falls within `pause` from now. A
  /// subject that hears nobody has such a reason again and again, so an excuse neither prolongs another one
  /// nor puts off a verdict that is due.
  void excuse(time_point now, duration pause) {
    if (excused_until_ <= now && now < deadline())
      excused_until_ = now + pause;
  }

  /// This node did not listen for that long.
  void postpone(duration pause);

  const peer& subject() const noexcept { return subject_; }

  /// A greater refutation of the subject ends the suspicion.
  chorus::refutation refutation() const noexcept { return refutation_; }

  time_point since() const noexcept { return since_; }
  const std::vector<accusation>& accusations() const noexcept { return accusations_; }
  const std::set<peer>& abstentions() const noexcept { return abstentions_; }

  bool has_voice_of(const peer& accuser) const;

  /// The evidence of this accuser is one that ends suspicions.
  bool has_strong_voice_of(const peer& accuser) const;

  /// For others: the voices that say most, those that count first.
  suspect as_rumour() const;

private:
  void reckon(const suspicion_terms& terms, std::size_t answering);

  peer subject_;
  chorus::refutation refutation_;
  time_point since_;
  std::vector<accusation> accusations_;
  std::set<peer> abstentions_;
  time_point deadline_;
  time_point excused_until_;
};

/// Whether such evidence ends a suspicion at once if several have it.
constexpr bool is_strong(evidence what) noexcept {
  return what == evidence::refused || what == evidence::address_taken;
}

} // namespace chorus::membership::swim
