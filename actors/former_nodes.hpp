#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>

#include <cstddef>
#include <deque>
#include <set>

namespace chorus {

/// The nodes that were members here and are gone: whoever is among them comes back.
class former_nodes {
public:
  /// Nodes remembered; of more, the one that went first is forgotten, and is a new one when it comes.
  static constexpr std::size_t limit = limits::members;

  void add(const node_id& who) {
    if (!known_.insert(who).second)
      return;
    order_.push_back(who);
    if (order_.size() <= limit)
      return;
    known_.erase(order_.front());
    order_.pop_front();
  }

  bool contains(const node_id& who) const { return known_.contains(who); }

private:
  std::set<node_id> known_;
  std::deque<node_id> order_; ///< as they went for the first time
};

} // namespace chorus
