#pragma once

#include <chorus/simulation/history/happens_before.hpp>
#include <chorus/simulation/history/identifiers.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace chorus::simulation {

/// Who published what and who delivered what, in one causal domain: what the checkers of broadcast read.
///
/// Calls come in the order in which things happen in the run. What is recorded of deliveries may be any
/// nonsense that a broken protocol does; it is for the checkers to find.
///
/// The true happens-before is made of publishing, delivering and joining: a delivery follows the publishing
/// of its message. The arrival of a frame is no event here on purpose: a message that waits in a node for
/// earlier ones has not yet been seen by anybody there. Other channels whose order is promised too (a second
/// topic of the domain that is recorded elsewhere) are added through `truth()`.
///
/// Thread rules: none of its own; one history belongs to one thread.
class broadcast_history {
public:
  struct delivery {
    message_id message;
    event at;
    event published; ///< nothing if it had not been published by then
  };

  /// A member from the moment it begins to deliver until it begins anew.
  struct stay {
    participant member;
    bool founder = false; ///< there before the first publishing, so it owes everything
    event joined;         ///< what is published after it is owed; nothing while joining, or for a founder
    std::vector<delivery> deliveries;
  };

  /// A member since before anything was published. Pre: it was not mentioned before.
  void founded(participant member);

  /// From here on `member` may deliver, and owes nothing yet. A member that has announced a gap and begins
  /// at a new cut joins again. Delivering without having joined counts as this.
  void joining(participant member);

  /// `member` was told that it has joined: from here on it owes every message whose publishing happens after
  /// this. Without a `joining` that is still open it is both at once.
  event joined(participant member);

  /// The next message of `origin`, which need not be a member.
  message_id published(participant origin);

  /// `member` handed `message` to its user.
  void delivered(participant member, message_id message);

  /// In the order in which they began.
  const std::vector<stay>& stays() const noexcept { return stays_; }

  /// How many messages `origin` has published.
  std::uint64_t published_by(participant origin) const;

  /// All origins, in ascending order.
  std::vector<participant> origins() const;

  /// The publishing of `message`; nothing if there was none.
  event publishing_of(const message_id& message) const;

  /// Whether the member of `where` must have `message`: it was published after that member had joined.
  bool owes(const stay& where, const message_id& message) const;

  happens_before_relation& truth() noexcept { return truth_; }
  const happens_before_relation& truth() const noexcept { return truth_; }

private:
  stay& current(participant member);
  stay& begin(participant member);

  happens_before_relation truth_;
  std::vector<stay> stays_;
  std::map<participant, std::size_t> current_; ///< index of the latest stay of each member
  std::map<participant, std::vector<event>> publishings_;
};

} // namespace chorus::simulation
