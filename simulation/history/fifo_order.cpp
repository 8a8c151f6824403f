#include "deliveries.hpp"

#include <chorus/simulation/history/fifo_order.hpp>

#include <algorithm>

namespace chorus::simulation {

namespace {

/// What has been looked at of one origin in one stay.
struct prefix {
  std::uint64_t first = 0;   ///< the number that the member began with
  std::uint64_t through = 0; ///< every number up to here is delivered, excused or reported
};

class fifo_check {
public:
  explicit fifo_check(const broadcast_history& history) : history_(history) {}

  std::vector<violation> run() {
    for (const auto& stay : history_.stays())
      check(stay);
    return std::move(found_);
  }

private:
  void check(const broadcast_history::stay& stay) {
    auto sequence = sequence_of(stay);
    auto positions = positions_in(sequence);
    std::map<participant, prefix> origins;
    for (const auto& message : sequence) {
      if (!history_.publishing_of(message))
        continue;
      auto& seen = origins[message.origin];
      if (seen.first == 0)
        seen.first = message.number;
      for (auto number = seen.through + 1; number < message.number; ++number)
        check_earlier(stay, positions, {message.origin, number}, message, number > seen.first);
      seen.through = std::max(seen.through, message.number);
    }
  }

  void check_earlier(
      const broadcast_history::stay& stay,
      const std::map<message_id, std::size_t>& positions,
      const message_id& earlier,
      const message_id& later,
      bool has_begun
  ) {
    auto delivered_later = to_string(stay.member) + " delivered " + to_string(later);
    if (positions.contains(earlier))
      report("fifo order", delivered_later + " before " + to_string(earlier), {earlier, later});
    else if (has_begun || history_.owes(stay, earlier))
      report("fifo gap", delivered_later + " and never " + to_string(earlier), {earlier, later});
  }

  void report(const char* invariant, std::string what, std::vector<message_id> messages) {
    if (found_.size() < max_violations)
      found_.push_back({invariant, std::move(what), std::move(messages)});
  }

  const broadcast_history& history_;
  std::vector<violation> found_;
};

} // namespace

std::vector<violation> check_fifo_order(const broadcast_history& history) {
  return fifo_check{history}.run();
}

} // namespace chorus::simulation
