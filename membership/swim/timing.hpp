#pragma once

#include <chorus/runtime/time.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace chorus::membership::swim {

/// The decimal logarithm in thousandths; rounded, so that it is the same with every mathematical library.
/// Pre: `count > 0`.
inline std::int64_t log10_in_thousandths(std::size_t count) {
  return static_cast<std::int64_t>(std::llround(1000 * std::log10(static_cast<double>(count))));
}

/// Every length of time in the protocol, reckoned from the failure timeout.
struct timing {
  explicit timing(duration failure_timeout) : period(failure_timeout / 4) {}

  /// Between two probes of a healthy node: SWIM's protocol period.
  duration period;

  /// How long to wait for a direct answer lies between these, whatever was measured: a probe needs the
  /// rest of the period for the detour over helpers.
  duration shortest_probe_timeout() const { return period / 20; }
  duration longest_probe_timeout() const { return period / 2; }

  /// A suspicion that as many have confirmed as can be asked for; grows with the time that a rumour takes
  /// to be everywhere (Lifeguard, section IV-B: alpha). Pre: `members > 0`.
  duration shortest_suspicion(std::size_t members) const {
    const auto spread = log10_in_thousandths(members);
    return 3 * period * (spread > 1000 ? spread : 1000) / 1000;
  }

  /// A suspicion that nobody has confirmed (Lifeguard, section IV-B: beta).
  duration longest_suspicion(std::size_t members) const { return 6 * shortest_suspicion(members); }

  /// Between the first strong evidence and the verdict, so that a leave is heard before.
  duration grace() const { return period / 4; }

  /// Between rounds of gossip while there is something to say, and before the first round of something new.
  duration gossip_gap() const { return period / 10; }
  duration news_gap() const { return period / 50; }

  /// Between comparisons of the view with another member's, while they are equal.
  duration exchange_gap() const { return 30 * period; }

  /// Between questions to addresses without a member.
  duration contact_gap() const { return period / 20; }

  /// After a refused connection turned out to mean nothing, before the next one is believed.
  duration distrust() const { return 30 * period; }

  /// Who was heard itself within that time has not failed, whoever says so; and who has been suspected for
  /// less may still refute.
  duration own_evidence() const { return period; }

  /// Between two questions out of turn to the same failed life, and between two statements that a life is
  /// over.
  duration verdict_gap() const { return period; }

  /// How long a node that is refused waits before it gives up: within two failure timeouts of its first
  /// contact the last questions have to be answered.
  duration refusal_patience() const { return 6 * period; }

  /// Between its questions meanwhile.
  duration refused_gap() const { return period / 2; }

  /// A datagram that was sent by somebody who is dead does not arrive later than that.
  duration longest_flight() const { return period; }

  /// Before a connection that was asked for and never reported is asked for again.
  duration connection_patience() const { return period; }

  /// A turn that comes so much too late is this node's own pause.
  duration own_pause() const { return period / 4; }
};

} // namespace chorus::membership::swim
