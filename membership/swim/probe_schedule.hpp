#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace chorus::membership::swim {

/// Whom to probe next: everybody once in a round, in an order that is shuffled for each round, newcomers
/// at a random place of the round that is under way (SWIM, section 4.3). So a crash is noticed after at
/// most two rounds, and whom a node probes next is not known to others.
class probe_schedule {
public:
  explicit probe_schedule(random_generator chance) : chance_(chance) {}

  /// Pre: not in it.
  void add(const node_id& who);

  /// A no-op for who is not in it.
  void remove(const node_id& who);

  /// Nothing if nobody is in it.
  std::optional<node_id> next();

  /// Some of those in it for whom `fits` holds, at most `count`, in an order of chance.
  template <class Predicate>
  std::vector<node_id> sample(std::size_t count, Predicate&& fits) {
    std::vector<node_id> chosen;
    auto left = order_;
    while (!left.empty() && chosen.size() < count) {
      auto& drawn = left[static_cast<std::size_t>(chance_.below(left.size()))];
      if (fits(drawn))
        chosen.push_back(drawn);
      drawn = left.back();
      left.pop_back();
    }
    return chosen;
  }

  std::size_t size() const noexcept { return order_.size(); }

private:
  random_generator chance_;
  std::vector<node_id> order_; ///< those before `next_` had their turn in this round
  std::size_t next_ = 0;
};

} // namespace chorus::membership::swim
