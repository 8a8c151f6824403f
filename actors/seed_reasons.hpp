#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/time.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace chorus {

/// Why this node has no members, as far as it is known: what is wrong with each seed, and whether a member
/// refuses this node.
///
/// Thread rules: any thread.
class seed_reasons {
public:
  /// How long a refusal counts without being repeated. The contact list asks often enough to hear it again
  /// within that time.
  static constexpr std::chrono::seconds refusal_lasts{30};

  void add(const address& seed);

  /// Whoever listens at `where` belongs to another cluster or speaks another version. A no-op for an address
  /// that is no seed.
  void refused_connection(time_point now, const address& where, const std::string& reason);

  /// The reason of the latest refused connection, while it counts.
  std::optional<std::string> why_refused_connection(time_point now, const address& seed) const;

  /// This seed is this node: that lasts.
  void is_self(const address& seed);

  /// What was found out about a seed that is silent, which also means that nobody refuses this node any more,
  /// unless that was within `refusal_lasts`.
  void is_silent(time_point now, const address& seed, std::string reason);

  /// A member does not take this node. It may take it later.
  void refused(time_point now, std::string reason);

  /// A member is up, so all earlier reasons are past.
  void member_is_up();

  /// One phrase for each seed of which something is known; empty if nothing is.
  std::string why_silent() const;

  /// The latest word of a member that does not take this node.
  std::optional<std::string> why_refused() const;

private:
  struct refusal {
    time_point when;
    std::string reason;

    bool counts(time_point now) const { return now - when < refusal_lasts; }
  };

  struct seed_state {
    bool is_self = false;
    std::string reason; ///< empty while none is known
    std::optional<refusal> connection;
  };

  mutable std::mutex mutex_; ///< guards all that follows
  std::map<address, seed_state> seeds_;
  std::optional<refusal> refusal_; ///< by a member
};

} // namespace chorus
