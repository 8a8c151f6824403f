#pragma once

#include <chorus/simulation/history/linearizability_search.hpp>
#include <chorus/simulation/history/operation_history.hpp>
#include <chorus/simulation/history/operation_table.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace chorus::simulation {

struct linearizability_limits {
  /// The most work for one key: applications of the specification and comparisons of configurations. Most
  /// histories take a few for each operation; the problem is NP-complete, so bad ones could take for ever.
  /// Memory grows with it, to about 200 bytes for each.
  std::size_t max_work = 500'000;
};

struct linearizability_result {
  linearizability_verdict verdict = linearizability_verdict::linearizable;
  std::string key;      ///< the first object for which the verdict is not "linearizable"
  std::size_t work = 0; ///< the most that any key took
  std::string report;   ///< for people; empty if linearizable

  /// Whether the history was shown to be linearizable: "undecided" is no pass.
  explicit operator bool() const noexcept { return verdict == linearizability_verdict::linearizable; }
};

/// Whether every object of the history behaves as if its operations came one at a time, each at some moment
/// between its invocation and its return (Herlihy and Wing, "Linearizability: a correctness condition for
/// concurrent objects", TOPLAS 12(3), 1990). Each key is judged by itself, which loses nothing (ibid.,
/// "locality"). One key that is not linearizable decides, whatever is undecided elsewhere.
///
/// The report shows the shortest beginning of the key's history that is not linearizable, as far as the work
/// allows to find it, and the longest order that fits.
template <sequential_specification Specification>
linearizability_result check_linearizability(
    const operation_history<Specification>& history, const linearizability_limits& limits = {}
);

namespace detail {

/// The check of one key.
template <sequential_specification Specification>
class linearizability_check {
public:
  using search = linearizability_search<Specification>;
  using history = operation_history<Specification>;
  using operation = typename history::operation;
  using position = typename history::position;

  linearizability_check(std::string key, std::vector<const operation*> operations, std::size_t max_work)
      : key_(std::move(key)), operations_(std::move(operations)), max_work_(max_work) {}

  linearizability_result run() {
    search whole{operations_, history::never - 1};
    auto left = max_work_;
    auto verdict = whole.run(left);
    auto work = max_work_ - left;
    if (verdict == linearizability_verdict::linearizable)
      return {verdict, {}, work, {}};
    if (verdict == linearizability_verdict::undecided)
      return {verdict, key_, work, undecided_report()};
    return {verdict, key_, work, report(shortest(whole.farthest()))};
  }

private:
  using progress = typename search::progress;

  struct failing_prefix {
    position last;
    progress farthest;
  };

  /// If a history is linearizable so is each beginning of it: the shortest that is not is found by bisection.
  /// All before the return at which the whole search was stuck is linearizable.
  failing_prefix shortest(const progress& of_whole) const {
    std::vector<position> returns;
    for (const auto* each : operations_)
      if (each->returned != history::never && each->returned >= of_whole.stuck_at)
        returns.push_back(each->returned);
    std::sort(returns.begin(), returns.end());
    failing_prefix found{returns.back(), of_whole};
    auto low = returns.begin();
    auto high = returns.end() - 1;
    for (auto middle = low; low < high; middle = low + (high - low) / 2) {
      search part{operations_, *middle};
      auto work = max_work_;
      if (part.run(work) == linearizability_verdict::not_linearizable) {
        found = {*middle, part.farthest()};
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return found;
  }

  std::string report(const failing_prefix& prefix) const {
    std::vector<operation_row> rows;
    for (const auto* each : operations_)
      if (each->invoked <= prefix.last)
        rows.push_back(row_of(*each, prefix.last));
    const auto& order = prefix.farthest.order;
    for (std::size_t i = 0; i < order.size(); ++i)
      rows[order[i]].place = i + 1;
    return "not linearizable: no order of the first " + std::to_string(rows.size()) + " operations on key \""
           + key_ + "\" gives these answers\n" + to_table(rows)
           + "The longest order found, that of the places, leads to "
           + std::string{Specification::describe(prefix.farthest.end)} + ".\n";
  }

  static operation_row row_of(const operation& from, position last) {
    operation_row row{from.client, from.invoked_at, {}, Specification::describe(from.asked), {}};
    if (from.returned <= last) {
      row.returned_at = from.returned_at;
      row.text += " -> " + std::string{Specification::describe(*from.answer)};
    } else {
      row.text += " -> ?";
    }
    return row;
  }

  std::string undecided_report() const {
    return "undecided: max_work of " + std::to_string(max_work_) + " did not suffice for the "
           + std::to_string(operations_.size()) + " operations on key \"" + key_ + "\"\n";
  }

  std::string key_;
  std::vector<const operation*> operations_;
  std::size_t max_work_;
};

} // namespace detail

template <sequential_specification Specification>
linearizability_result
check_linearizability(const operation_history<Specification>& history, const linearizability_limits& limits) {
  using operation = typename operation_history<Specification>::operation;
  std::map<std::string, std::vector<const operation*>> objects;
  for (const auto& each : history.operations())
    if (!each.refused)
      objects[each.key].push_back(&each);
  linearizability_result worst;
  for (auto& [key, operations] : objects) {
    auto found = detail::linearizability_check<Specification>{key, operations, limits.max_work}.run();
    found.work = std::max(found.work, worst.work);
    if (found.verdict == linearizability_verdict::not_linearizable)
      return found;
    if (worst.verdict == linearizability_verdict::linearizable)
      worst = std::move(found);
    else
      worst.work = found.work;
  }
  return worst;
}

} // namespace chorus::simulation
