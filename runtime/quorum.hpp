#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace chorus {

/// How many of `voters` are a majority: the fewest of which any two sets share a voter.
constexpr std::size_t majority_of(std::size_t voters) noexcept {
  return voters / 2 + 1;
}

/// Where an election stands.
enum class vote_outcome {
  pending, ///< neither side has a quorum yet
  won,     ///< a quorum said yes
  lost,    ///< so many said no that no quorum can say yes any more
};

/// Decisions by a majority of a fixed set of voters (Gifford, "Weighted voting for replicated data",
/// 1979, with one vote each; as in Raft, Ongaro's thesis, section 3).
///
/// Who said what is asked of the caller, one voter at a time, so that it can be kept anywhere:
///   vote_of(id)      -> std::optional<bool>, nothing until the voter has answered
///   acknowledged(id) -> Index, `Index{}` if the voter has acknowledged nothing
///   agrees(id)       -> bool
/// Nobody but the voters is ever asked.
///
/// No voters at all agree to everything: every vote is won, `Index::max()` is committed. That makes a
/// joint quorum with one empty half behave as the other half (the convention of etcd's quorum package).
///
/// `Id` is any type with an order: `replica_id` for a log, `node_id` for a cluster.
template <std::totally_ordered Id>
class majority_quorum {
public:
  majority_quorum() = default;

  /// An id given twice has one vote.
  explicit majority_quorum(std::vector<Id> voters) : voters_(std::move(voters)) {
    std::sort(voters_.begin(), voters_.end());
    voters_.erase(std::unique(voters_.begin(), voters_.end()), voters_.end());
  }

  /// In ascending order.
  const std::vector<Id>& voters() const noexcept { return voters_; }

  bool contains(const Id& id) const { return std::binary_search(voters_.begin(), voters_.end(), id); }

  /// Whether those who agree are a quorum.
  template <std::predicate<const Id&> Agrees>
  bool is_reached(Agrees&& agrees) const {
    auto agreeing = std::count_if(voters_.begin(), voters_.end(), agrees);
    return voters_.empty() || static_cast<std::size_t>(agreeing) >= majority_of(voters_.size());
  }

  /// Where the vote stands.
  template <std::invocable<const Id&> VoteOf>
  vote_outcome outcome(VoteOf&& vote_of) const {
    if (is_reached([&](const Id& id) { return vote_of(id) == std::optional{true}; }))
      return vote_outcome::won;
    if (is_reached([&](const Id& id) { return vote_of(id) != std::optional{false}; }))
      return vote_outcome::pending;
    return vote_outcome::lost;
  }

  /// The largest index that a quorum has acknowledged, where to acknowledge one is to acknowledge all
  /// below it.
  template <class Index, std::invocable<const Id&> Acknowledged>
  Index committed(Acknowledged&& acknowledged) const {
    if (voters_.empty())
      return Index::max();
    std::vector<Index> indexes;
    indexes.reserve(voters_.size());
    for (const auto& id : voters_)
      indexes.push_back(acknowledged(id));
    // In descending order the n-th index is acknowledged by the first n voters.
    auto least_of_quorum = indexes.begin() + static_cast<std::ptrdiff_t>(majority_of(indexes.size()) - 1);
    std::nth_element(indexes.begin(), least_of_quorum, indexes.end(), std::greater{});
    return *least_of_quorum;
  }

  friend bool operator==(const majority_quorum&, const majority_quorum&) = default;

private:
  std::vector<Id> voters_;
};

/// Decisions while one set of voters takes over from another: a majority of each must agree (Raft's
/// joint consensus, Ongaro's thesis, section 4.3). With one half empty it is the other half.
template <std::totally_ordered Id>
struct joint_quorum {
  majority_quorum<Id> incoming;
  majority_quorum<Id> outgoing;

  bool contains(const Id& id) const { return incoming.contains(id) || outgoing.contains(id); }

  template <std::predicate<const Id&> Agrees>
  bool is_reached(Agrees&& agrees) const {
    return incoming.is_reached(agrees) && outgoing.is_reached(agrees);
  }

  template <std::invocable<const Id&> VoteOf>
  vote_outcome outcome(VoteOf&& vote_of) const {
    auto first = incoming.outcome(vote_of);
    auto second = outgoing.outcome(vote_of);
    if (first == vote_outcome::lost || second == vote_outcome::lost)
      return vote_outcome::lost;
    return first == vote_outcome::won ? second : first;
  }

  template <class Index, std::invocable<const Id&> Acknowledged>
  Index committed(Acknowledged&& acknowledged) const {
    return std::min(
        incoming.template committed<Index>(acknowledged), outgoing.template committed<Index>(acknowledged)
    );
  }

  friend bool operator==(const joint_quorum&, const joint_quorum&) = default;
};

} // namespace chorus
