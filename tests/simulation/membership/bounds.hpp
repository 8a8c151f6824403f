#pragma once

#include <chorus/membership/suspicion_report.hpp>
#include <chorus/runtime/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

/// How long the protocol may take. `period`: of probing, a quarter of the failure timeout.
namespace chorus::testing {

/// In `period`s: until a member of a calm cluster is probed by somebody, with certainty in small ones (each
/// goes round in 2 (n - 1) at most) and but for one case in ten million in large ones (e^-16).
inline double until_probed(std::size_t members) {
  return std::min(2.0 * static_cast<double>(members - 1), 16.0);
}

/// In `period`s: the shortest suspicion, of a member whom three others have confirmed to be silent.
inline double shortest_suspicion(std::size_t members) {
  return 3.0 * std::max(1.0, std::log10(static_cast<double>(members)));
}

/// In `period`s: how long a suspicion lasts that so many have raised, the first one included (Lifeguard,
/// section IV-B). `answering`: the members that can answer, the judge included; with only one of them nobody
/// can confirm it.
inline double suspicion_length(std::size_t members, std::size_t answering, std::size_t voices) {
  auto shortest = shortest_suspicion(members);
  auto wanted = std::min<std::size_t>(answering - 1, 3);
  auto confirmed = std::min(voices - std::min<std::size_t>(voices, 1), wanted);
  if (confirmed == wanted)
    return shortest;
  auto done = std::log(static_cast<double>(confirmed + 1)) / std::log(static_cast<double>(wanted + 1));
  return shortest * (6 - 5 * done);
}

inline duration of_periods(duration period, double count) {
  return duration{static_cast<duration::rep>(static_cast<double>(period.count()) * count)};
}

/// Between the first refused connection and the verdict, so that a leave is heard before.
inline duration grace(duration period) {
  return period / 4;
}

/// Evidence that a process is gone, not only silent.
constexpr bool is_strong(membership::evidence what) noexcept {
  return what == membership::evidence::refused || what == membership::evidence::address_taken;
}

/// B: from a crash until all others have declared it, where nothing else goes wrong. Until it is probed, the
/// period of that probe, the confirmations by those who hear of it, the suspicion, the news.
inline duration detection_bound(duration period, std::size_t members) {
  return of_periods(period, until_probed(members) + 1 + 2 + shortest_suspicion(members) + 1);
}

/// Members that die together while nothing else goes wrong.
struct deaths {
  std::size_t members; ///< before, and those that come meanwhile
  std::size_t dead = 1;
  bool refused = false; ///< their hosts live on and refuse connections
};

/// From the last of these deaths until all others have declared each of them, however many members come or
/// restart meanwhile.
///
/// - Refused: every survivor sees its connections break and is refused new ones within milliseconds. The
///   verdict falls a grace after the first refusal, if two survivors were refused or if there is only one.
///   Half a period is for the voice of the second survivor and the news.
/// - One silent death: B.
/// - Several silent deaths: the helpers that a survivor asks may be dead too. It then doubts its own health,
///   up to three points for each probe (Lifeguard, section IV-A), so its probes take up to 1 + 3 (dead - 1)
///   times as long, but at most nine times. A suspicion may wait for the voice of a member that is dead and
///   not suspected yet, so it ends at the latest when every survivor has probed every dead member itself:
///   twice round the members. From then on nobody who can answer is missing, and the shortest suspicion and
///   the news are left.
inline duration detection_bound(duration period, const deaths& what) {
  if (what.refused)
    return grace(period) + period / 2;
  if (what.dead == 1)
    return detection_bound(period, what.members);
  auto rounds = 2.0 * static_cast<double>(what.members - 1);
  auto stretch = std::min(1.0 + 3.0 * static_cast<double>(what.dead - 1), 9.0);
  return of_periods(period, (rounds + 1) * stretch + shortest_suspicion(what.members) + 1);
}

/// Of each packet, at which B holds in 999 of 1000 cases.
inline constexpr double stated_loss = 0.1;

/// What half of all crashes take at most: half of the probers are done after a period.
inline duration usual_detection(duration period, std::size_t members) {
  return of_periods(period, 3 + shortest_suspicion(members) + 1);
}

/// After a storm, until the local health of all nodes is what it was: from the worst, 8, one step for each
/// probe, and the probes are as much further apart.
inline duration recovery(duration period) {
  return of_periods(period, 9 + 8 + 7 + 6 + 5 + 4 + 3 + 2);
}

/// After a storm, until all views are equal: what nobody spreads any more comes with the exchange of views,
/// which each node has with another every 30 periods.
inline duration convergence_bound(duration period, std::size_t members) {
  auto rounds = 2 + std::ceil(std::log2(static_cast<double>(members)));
  return recovery(period) + detection_bound(period, members) + of_periods(period, 30 * rounds);
}

} // namespace chorus::testing
