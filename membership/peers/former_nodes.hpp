#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>

#include <cstddef>
#include <deque>
#include <set>

namespace chorus::membership::peers {

/// The nodes that were up here and went down: whoever is among them comes back.
class former_nodes {
public:
  /// Nodes remembered; of more, the one that went first is forgotten, and is a new one when it comes.
  static constexpr std::size_t limit = limits::members;

  void add(const node_id& node) {
    if (!known_.insert(node).second)
      return;
    order_.push_back(node);
    if (order_.size() <= limit)
      return;
    known_.erase(order_.front());
    order_.pop_front();
  }

  bool contains(const node_id& node) const { return known_.contains(node); }

private:
  std::set<node_id> known_;
  std::deque<node_id> order_; ///< as they went for the first time
};

} // namespace chorus::membership::peers
