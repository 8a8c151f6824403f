#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace chorus::membership {

/// On what somebody suspects a member.
enum class evidence : std::uint8_t {
  silence = 0,       ///< neither it nor anybody asked to ask it has answered
  refused = 1,       ///< a connection to its address was refused: no process listens there
  address_taken = 2, ///< somebody else answers at its address
  hearsay = 3,       ///< somebody says that it is gone, or suspects it, and does not say why
};

std::string_view to_string(evidence what) noexcept;

/// One voice against a member.
struct accusation {
  peer accuser; ///< may be this node
  evidence what = evidence::silence;
  time_point when;    ///< when this node heard of it
  bool counts = true; ///< false while the accuser is itself suspected, or is no member

  friend bool operator==(const accusation&, const accusation&) = default;
};

/// Why a member is suspected, or was when it was last: who accused, when, on what evidence, and what
/// came of it. Every accusation after the first that counts confirms it.
struct suspicion_report {
  enum class outcome : std::uint8_t {
    ongoing,
    refuted,   ///< the member has shown that it lives
    failed,    ///< the verdict
    left,      ///< it had left
    restarted, ///< a new life took its place
  };
  peer subject;
  time_point since; ///< the first accusation
  std::vector<accusation> accusations;
  outcome result = outcome::ongoing;
  time_point ended_at;             ///< unless ongoing
  std::vector<peer> abstentions{}; ///< members that do not know it, so that nobody waits for them
};

std::string_view to_string(suspicion_report::outcome what) noexcept;

} // namespace chorus::membership
