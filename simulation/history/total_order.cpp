#include "deliveries.hpp"

#include <chorus/simulation/history/total_order.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace chorus::simulation {

namespace {

/// What one member delivered, in its order.
struct order_of_one {
  participant member;
  bool founder = false;
  std::vector<message_id> sequence;
  std::map<message_id, std::size_t> positions;
};

/// `member` delivered `earlier` before `later`.
struct edge {
  participant member;
  message_id earlier;
  message_id later;
};

order_of_one order_of(const broadcast_history::stay& stay) {
  auto sequence = sequence_of(stay);
  auto positions = positions_in(sequence);
  return {stay.member, stay.founder, std::move(sequence), std::move(positions)};
}

/// The orders of whole members, with all their stays one after the other.
std::vector<order_of_one> orders_of_members(const broadcast_history& history) {
  std::map<participant, broadcast_history::stay> joined;
  for (const auto& stay : history.stays()) {
    auto& all = joined[stay.member];
    all.member = stay.member;
    all.deliveries.insert(all.deliveries.end(), stay.deliveries.begin(), stay.deliveries.end());
  }
  std::vector<order_of_one> orders;
  for (const auto& [member, stay] : joined)
    orders.push_back(order_of(stay));
  return orders;
}

std::string to_string(const edge& step) {
  return to_string(step.member) + " delivered " + to_string(step.earlier) + " before "
         + to_string(step.later);
}

/// The first two messages that both have and do not have in the same order.
void compare_orders(const order_of_one& first, const order_of_one& second, std::vector<violation>& found) {
  std::optional<std::size_t> previous;
  for (const auto& message : second.sequence) {
    auto position = first.positions.find(message);
    if (position == first.positions.end())
      continue;
    if (previous && position->second < *previous) {
      const auto& other = first.sequence[*previous];
      auto what = to_string(edge{first.member, message, other}) + ", "
                  + to_string(edge{second.member, other, message});
      found.push_back({"total order", std::move(what), {message, other}});
      return;
    }
    previous = position->second;
  }
}

/// Finds a cycle among the messages, each of which some member delivered right before the next.
class cycle_search {
public:
  explicit cycle_search(const std::vector<order_of_one>& orders) {
    for (const auto& order : orders)
      for (std::size_t i = 1; i < order.sequence.size(); ++i)
        add({order.member, order.sequence[i - 1], order.sequence[i]});
  }

  /// Empty if there is none. Otherwise each edge ends where the next begins, the last where the first does.
  std::vector<edge> find() {
    remove_beginnings();
    if (before_.empty())
      return {};
    return join_members(walk_back());
  }

private:
  void add(const edge& step) {
    after_[step.earlier].push_back(step.later);
    before_[step.later].push_back(step);
    before_[step.earlier];
  }

  /// Takes away what nothing is before, as long as there is such (Kahn, CACM 5(11), 1962). What remains
  /// has something before it that remains too.
  void remove_beginnings() {
    std::map<message_id, std::size_t> open;
    std::vector<message_id> beginnings;
    for (const auto& [message, edges] : before_) {
      open[message] = edges.size();
      if (edges.empty())
        beginnings.push_back(message);
    }
    while (!beginnings.empty()) {
      auto message = beginnings.back();
      beginnings.pop_back();
      before_.erase(message);
      for (const auto& later : after_[message])
        if (--open[later] == 0)
          beginnings.push_back(later);
    }
  }

  std::vector<edge> walk_back() const {
    std::vector<edge> path;
    std::map<message_id, std::size_t> visited;
    auto here = before_.begin()->first;
    while (visited.emplace(here, path.size()).second) {
      const auto& edges = before_.at(here);
      auto remaining = [&](const edge& step) { return before_.contains(step.earlier); };
      path.push_back(*std::find_if(edges.begin(), edges.end(), remaining));
      here = path.back().earlier;
    }
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(visited.at(here)));
    std::reverse(path.begin(), path.end());
    return path;
  }

  /// Successive edges of one member are one.
  static std::vector<edge> join_members(std::vector<edge> cycle) {
    auto changes = [](const edge& first, const edge& second) { return first.member != second.member; };
    auto start = std::adjacent_find(cycle.begin(), cycle.end(), changes);
    if (start != cycle.end())
      std::rotate(cycle.begin(), start + 1, cycle.end());
    std::vector<edge> joined;
    for (const auto& step : cycle) {
      if (!joined.empty() && joined.back().member == step.member)
        joined.back().later = step.later;
      else
        joined.push_back(step);
    }
    return joined;
  }

  std::map<message_id, std::vector<message_id>> after_;
  std::map<message_id, std::vector<edge>> before_;
};

void check_cycle(const std::vector<order_of_one>& orders, std::vector<violation>& found) {
  violation cycle{"one order", {}, {}};
  for (const auto& step : cycle_search{orders}.find()) {
    cycle.what += (cycle.what.empty() ? "" : ", ") + to_string(step);
    cycle.messages.push_back(step.earlier);
  }
  if (!cycle.messages.empty())
    found.push_back(std::move(cycle));
}

/// Where two sequences can be laid beside each other: positions of the same message, one of them at a
/// beginning.
std::optional<std::pair<std::size_t, std::size_t>>
aligned(const order_of_one& first, const order_of_one& second) {
  if (first.sequence.empty() || second.sequence.empty())
    return std::nullopt;
  if (first.founder && second.founder)
    return std::pair{std::size_t{0}, std::size_t{0}};
  if (auto found = second.positions.find(first.sequence.front()); found != second.positions.end())
    return std::pair{std::size_t{0}, found->second};
  if (auto found = first.positions.find(second.sequence.front()); found != first.positions.end())
    return std::pair{found->second, std::size_t{0}};
  return std::nullopt;
}

void compare_prefixes(const order_of_one& first, const order_of_one& second, std::vector<violation>& found) {
  auto start = aligned(first, second);
  if (!start)
    return;
  auto [i, j] = *start;
  for (; i < first.sequence.size() && j < second.sequence.size(); ++i, ++j) {
    if (first.sequence[i] == second.sequence[j])
      continue;
    auto what = "where " + to_string(first.member) + " delivered " + to_string(first.sequence[i]) + ", "
                + to_string(second.member) + " delivered " + to_string(second.sequence[j]);
    found.push_back({"same prefix", std::move(what), {first.sequence[i], second.sequence[j]}});
    return;
  }
}

template <class Comparison>
void for_each_pair(
    const std::vector<order_of_one>& orders, std::vector<violation>& found, const Comparison& compare
) {
  for (std::size_t i = 0; i < orders.size(); ++i)
    for (std::size_t j = i + 1; j < orders.size() && found.size() < max_violations; ++j)
      if (orders[i].member != orders[j].member)
        compare(orders[i], orders[j], found);
}

} // namespace

std::vector<violation> check_total_order(const broadcast_history& history, total_order_kind kind) {
  std::vector<violation> found;
  auto members = orders_of_members(history);
  for_each_pair(members, found, compare_orders);
  if (found.empty())
    check_cycle(members, found);
  if (kind == total_order_kind::common_messages)
    return found;
  std::vector<order_of_one> stays;
  for (const auto& stay : history.stays())
    stays.push_back(order_of(stay));
  for_each_pair(stays, found, compare_prefixes);
  return found;
}

} // namespace chorus::simulation
