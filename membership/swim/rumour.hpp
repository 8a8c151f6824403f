#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/runtime/ids.hpp>

#include <cstddef>
#include <variant>
#include <vector>

/// What goes from mouth to mouth (SWIM, section 4: "infection-style dissemination").
namespace chorus::membership::swim {

/// "This life is a member, and this is what it says about itself." Who spreads it first is the member
/// itself or whoever has let it in.
struct alive {
  member who;
  chorus::refutation refutation;
};

/// A voice within a rumour.
struct voice {
  peer accuser;
  evidence what = evidence::silence;

  friend bool operator==(const voice&, const voice&) = default;
};

/// "These suspect that this life has failed, as long as it has refuted no more than that." It carries the
/// voices that its sender has heard, so that confirmations are not lost when rumours overtake each other.
struct suspect {
  /// More do not shorten a suspicion.
  static constexpr std::size_t voices_limit = 4;

  peer who;
  chorus::refutation refutation;
  std::vector<voice> voices; ///< at least one, each accuser once
};

/// "This life has failed, unless it has refuted more than that." A verdict.
struct failed {
  peer who;
  chorus::refutation refutation;
  peer accuser;
};

/// "This life has left."
struct left {
  peer who;
};

using rumour = std::variant<alive, suspect, failed, left>;

/// The life that a rumour is about.
const peer& subject_of(const rumour& what) noexcept;

} // namespace chorus::membership::swim
