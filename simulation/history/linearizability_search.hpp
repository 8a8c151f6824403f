#pragma once

#include <chorus/simulation/history/operation_history.hpp>
#include <chorus/simulation/history/operation_set.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::simulation {

enum class linearizability_verdict {
  linearizable,
  not_linearizable,
  undecided, ///< the limit was reached first; this is no pass
};

/// Looks for an order of the operations on one object in which each takes effect between its invocation and
/// its return, and all answers are what the specification says.
///
/// The algorithm is that of Wing and Gong ("Testing and verifying concurrent objects", J. Parallel and
/// Distributed Computing 17, 1993) with Lowe's memory of configurations ("Testing for linearizability",
/// Concurrency and Computation 29(4), 2017): depth first, the next operation is any that was invoked before
/// the first return of those not yet placed; a configuration (what has been placed, state) is entered once.
///
/// One that fits and only observes (a read) is placed at once, and nothing else is tried in its stead: from
/// any later place in an order it can be moved here.
///
/// Operations without an answer are treated apart, since each may be placed at any time or never:
/// - where no answered operation can be next, they are tried one by one, then two by two and so on, until an
///   answered one can: at the end of an order they explain nothing;
/// - one that leaves the state as it is, and one that follows an equal one not yet placed, is not tried;
/// - a configuration is not entered if it has been with a part of its open operations: what can be done after
///   more of them can be done after fewer.
template <sequential_specification Specification>
class linearizability_search {
public:
  using state = typename Specification::state;
  using history = operation_history<Specification>;
  using operation = typename history::operation;
  using position = typename history::position;

  /// How far the search has got: what it had placed in which order when it could not go on.
  struct progress {
    position stuck_at = 0; ///< the first return that no order gets past
    std::vector<std::size_t> order;
    state end = Specification::initial();
  };

  /// The operations up to and with the event `last`; what returns later is open. `operations` are of one
  /// object, in the order of invocation; they outlive the search.
  linearizability_search(const std::vector<const operation*>& operations, position last)
      : operations_(operations), last_(last) {
    for (std::size_t i = 0; i < operations.size() && operations[i]->invoked <= last; ++i)
      (is_answered(i) ? answered_ : open_).push_back(i);
    link_answered();
    find_equals();
  }

  /// Takes no more than `work` from it: applications of the specification and comparisons of configurations.
  linearizability_verdict run(std::size_t& work) {
    work_ = &work;
    frames_.push_back(frame_of(Specification::initial(), {}));
    while (to_place_ > 0) {
      if (*work_ == 0)
        return linearizability_verdict::undecided;
      if (!advance(frames_.back()) && !step_back())
        return linearizability_verdict::not_linearizable;
    }
    return linearizability_verdict::linearizable;
  }

  /// Where the search got farthest. Only after `not_linearizable`.
  const progress& farthest() const noexcept { return farthest_; }

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// A call or a return of an answered operation, in a list from which both are taken when it is placed.
  struct node {
    std::size_t previous = 0;
    std::size_t next = 0;
    position at = history::never;
    std::size_t call_of = none; ///< the operation that is called; none for a return
  };

  /// A state and the open operations that led there.
  struct configuration {
    state now;
    operation_set open;
    std::size_t parent = none; ///< the configuration of the frame before `placed` was placed
    std::size_t placed = none;
    bool settled = false; ///< what can come of it is what comes of the operation that was placed at once
  };

  /// A set of answered operations that is placed, and what open operations can make of it, fewest first.
  struct frame {
    std::vector<configuration> configurations;
    std::map<state, std::vector<operation_set>> seen;
    std::size_t tried = 0;    ///< the configuration whose successors are tried
    std::size_t expanded = 0; ///< so many configurations had open operations added
    std::size_t candidate = 0;
    std::size_t call = none; ///< the node that was placed to leave the frame
  };

  bool is_answered(std::size_t index) const { return operations_[index]->returned <= last_; }

  void link_answered() {
    nodes_.resize(1 + 2 * answered_.size());
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < answered_.size(); ++i) {
      const auto& each = *operations_[answered_[i]];
      nodes_[call_node(i)] = {0, 0, each.invoked, i};
      nodes_[call_node(i) + 1].at = each.returned;
      order.insert(order.end(), {call_node(i), call_node(i) + 1});
    }
    std::sort(order.begin(), order.end(), [this](auto first, auto second) {
      return nodes_[first].at < nodes_[second].at;
    });
    for (auto index : order) {
      nodes_[index].previous = nodes_[head].previous;
      nodes_[nodes_[head].previous].next = index;
      nodes_[head].previous = index;
    }
    to_place_ = answered_.size();
  }

  static std::size_t call_node(std::size_t answered) { return 1 + 2 * answered; }

  void find_equals() {
    equal_before_.assign(open_.size(), none);
    for (std::size_t i = 1; i < open_.size(); ++i)
      for (std::size_t j = i; j-- > 0 && equal_before_[i] == none;)
        if (operations_[open_[i]]->asked == operations_[open_[j]]->asked)
          equal_before_[i] = j;
  }

  frame frame_of(state now, operation_set open) const {
    frame made;
    made.configurations.push_back({std::move(now), std::move(open), none, none, false});
    made.candidate = nodes_[head].next;
    return made;
  }

  /// Tries the next thing in the frame. False if there is nothing left.
  bool advance(frame& here) {
    if (here.tried == here.configurations.size())
      return here.expanded < here.configurations.size() && expand(here);
    if (here.configurations[here.tried].settled) {
      try_following(here);
      return true;
    }
    if (here.candidate == nodes_[head].next && settle(here))
      return true;
    const auto& candidate = nodes_[here.candidate];
    if (candidate.call_of == none) {
      note_progress(here, candidate.at);
      try_following(here);
      return true;
    }
    auto call = std::exchange(here.candidate, candidate.next);
    if (auto now = after(here, call))
      place(here, call, std::move(*now));
    return true;
  }

  void try_following(frame& here) const {
    ++here.tried;
    here.candidate = nodes_[head].next;
  }

  /// Places the first operation that fits the configuration at hand and only observes. False if there is
  /// none.
  bool settle(frame& here) {
    for (auto call = here.candidate; nodes_[call].call_of != none; call = nodes_[call].next) {
      if (!only_observes(*operations_[answered_[nodes_[call].call_of]]))
        continue;
      auto now = after(here, call);
      if (!now)
        continue;
      here.configurations[here.tried].settled = true;
      place(here, call, std::move(*now));
      return true;
    }
    return false;
  }

  static bool only_observes(const operation& done) {
    if constexpr (requires { Specification::only_observes(done.asked, *done.answer); })
      return Specification::only_observes(done.asked, *done.answer);
    return false;
  }

  /// The state after the answered operation in the configuration at hand, if it fits.
  std::optional<state> after(const frame& here, std::size_t call) {
    spend(1);
    const auto& next = *operations_[answered_[nodes_[call].call_of]];
    std::optional<state> now = here.configurations[here.tried].now;
    if (!Specification::step(*now, next.asked, &*next.answer))
      now.reset();
    return now;
  }

  /// Places the answered operation in the configuration at hand, if that leads to something new.
  void place(frame& here, std::size_t call, state now) {
    const auto& open = here.configurations[here.tried].open;
    placed_.insert(nodes_[call].call_of);
    if (!is_new(memory_[{placed_, now}], open)) {
      placed_.erase(nodes_[call].call_of);
      return;
    }
    here.call = call;
    lift(call);
    frames_.push_back(frame_of(std::move(now), open));
  }

  bool step_back() {
    frames_.pop_back();
    if (frames_.empty())
      return false;
    auto call = frames_.back().call;
    placed_.erase(nodes_[call].call_of);
    unlift(call);
    return true;
  }

  /// Adds what one more open operation makes of the next configuration of the frame.
  bool expand(frame& here) {
    auto parent = here.expanded++;
    if (here.configurations[parent].settled)
      return true;
    if (parent == 0)
      is_new(here.seen[here.configurations[0].now], here.configurations[0].open);
    auto limit = first_return();
    for (std::size_t i = 0; i < open_.size() && operations_[open_[i]]->invoked < limit; ++i) {
      const auto& from = here.configurations[parent];
      if (from.open.contains(i) || (equal_before_[i] != none && !from.open.contains(equal_before_[i])))
        continue;
      spend(1);
      state now = from.now;
      if (!Specification::step(now, operations_[open_[i]]->asked, nullptr) || now == from.now)
        continue;
      auto open = from.open;
      open.insert(i);
      if (is_new(here.seen[now], open))
        here.configurations.push_back({std::move(now), std::move(open), parent, i, false});
    }
    return true;
  }

  /// Adds `open`, unless a part of it is there; then what it is a part of is not needed any more.
  bool is_new(std::vector<operation_set>& known, const operation_set& open) {
    spend(known.size());
    if (std::any_of(known.begin(), known.end(), [&](const auto& other) { return open.includes(other); }))
      return false;
    std::erase_if(known, [&](const auto& other) { return other.includes(open); });
    known.push_back(open);
    return true;
  }

  position first_return() const {
    auto index = nodes_[head].next;
    while (nodes_[index].call_of != none)
      index = nodes_[index].next;
    return nodes_[index].at;
  }

  void lift(std::size_t call) {
    for (auto index : {call, call + 1}) {
      nodes_[nodes_[index].previous].next = nodes_[index].next;
      nodes_[nodes_[index].next].previous = nodes_[index].previous;
    }
    --to_place_;
  }

  void unlift(std::size_t call) {
    for (auto index : {call + 1, call}) {
      nodes_[nodes_[index].previous].next = index;
      nodes_[nodes_[index].next].previous = index;
    }
    ++to_place_;
  }

  void note_progress(const frame& here, position stuck_at) {
    if (stuck_at <= farthest_.stuck_at)
      return;
    farthest_ = {stuck_at, {}, here.configurations[here.tried].now};
    for (const auto& each : frames_) {
      add_open(each, each.tried, farthest_.order);
      if (&each != &here)
        farthest_.order.push_back(answered_[nodes_[each.call].call_of]);
    }
  }

  /// The open operations that lead to a configuration of the frame, in their order.
  void add_open(const frame& from, std::size_t index, std::vector<std::size_t>& order) const {
    const auto& here = from.configurations[index];
    if (here.parent == none)
      return;
    add_open(from, here.parent, order);
    order.push_back(open_[here.placed]);
  }

  void spend(std::size_t amount) { *work_ -= std::min(*work_, amount); }

  static constexpr std::size_t head = 0;

  const std::vector<const operation*>& operations_;
  position last_;
  std::vector<std::size_t> answered_; ///< indices of operations
  std::vector<std::size_t> open_;     ///< indices of operations
  std::vector<std::size_t>
      equal_before_;        ///< for each open one, the last open one before it that asks the same
  std::vector<node> nodes_; ///< a circle; the first is before the first event and after the last
  std::vector<frame> frames_;
  operation_set placed_;
  std::size_t to_place_ = 0;
  std::map<std::pair<operation_set, state>, std::vector<operation_set>> memory_;
  progress farthest_;
  std::size_t* work_ = nullptr;
};

} // namespace chorus::simulation
