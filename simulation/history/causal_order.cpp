#include "deliveries.hpp"

#include <chorus/simulation/history/causal_order.hpp>

#include <algorithm>
#include <set>

namespace chorus::simulation {

namespace {

/// What happened before a publishing is, of each origin, a prefix of what that origin published. So a stay is
/// checked by one mark for each origin that only moves on: below it every message has been looked at, when
/// the first delivery came that had to follow it.
class causal_check {
public:
  explicit causal_check(const broadcast_history& history) : history_(history), origins_(history.origins()) {}

  std::vector<violation> run() {
    for (const auto& stay : history_.stays())
      check(stay);
    return std::move(found_);
  }

private:
  void check(const broadcast_history::stay& stay) {
    auto& delivered = delivered_[stay.member];
    auto sequence = sequence_of(stay);
    auto positions = positions_in(sequence);
    std::map<participant, std::uint64_t> checked;
    for (const auto& message : sequence) {
      if (auto published = history_.publishing_of(message))
        for (auto origin : origins_)
          for (auto last = count_before(origin, published); checked[origin] < last;)
            check_earlier(stay, positions, delivered, {origin, ++checked[origin]}, message);
      delivered.insert(message);
    }
  }

  /// How many messages `origin` had published before that publishing.
  std::uint64_t count_before(participant origin, event published) const {
    std::uint64_t low = 0;
    auto high = history_.published_by(origin);
    while (low < high) {
      auto middle = low + (high - low + 1) / 2;
      if (history_.truth().holds(history_.publishing_of({origin, middle}), published))
        low = middle;
      else
        high = middle - 1;
    }
    return low;
  }

  void check_earlier(
      const broadcast_history::stay& stay,
      const std::map<message_id, std::size_t>& positions,
      const std::set<message_id>& delivered,
      const message_id& earlier,
      const message_id& later
  ) {
    if (delivered.contains(earlier))
      return;
    auto delivered_later = to_string(stay.member) + " delivered " + to_string(later);
    auto published_before = ", whose publishing happened before";
    if (positions.contains(earlier))
      report(
          "causal order", delivered_later + " before " + to_string(earlier) + published_before, earlier, later
      );
    else if (history_.owes(stay, earlier))
      report(
          "causal gap",
          delivered_later + " and never " + to_string(earlier) + published_before,
          earlier,
          later
      );
  }

  void report(const char* invariant, std::string what, const message_id& earlier, const message_id& later) {
    if (found_.size() < max_violations)
      found_.push_back({invariant, std::move(what), {earlier, later}});
  }

  const broadcast_history& history_;
  std::vector<participant> origins_;
  std::map<participant, std::set<message_id>> delivered_; ///< so far, in this stay and the earlier ones
  std::vector<violation> found_;
};

} // namespace

std::vector<violation> check_causal_order(const broadcast_history& history) {
  return causal_check{history}.run();
}

} // namespace chorus::simulation
