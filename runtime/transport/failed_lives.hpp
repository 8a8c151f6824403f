#pragma once

#include <chorus/runtime/ids.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>

namespace chorus {

/// The incarnations that were declared failed here. Of each node only the greatest is kept: with it,
/// every earlier life has ended as well.
class failed_lives {
public:
  /// Nodes remembered, as many as a cluster has members (`limits::members`); of more, the one declared
  /// failed first is forgotten. That may happen where nodes often come back under new ids. A forgotten one
  /// is not told any more that it was declared failed; its frames are ignored like those of any unknown node.
  static constexpr std::size_t limit = 1024;

  void add(const peer& who) {
    auto [entry, is_new] = greatest_.try_emplace(who.node, who.incarnation);
    if (!is_new) {
      entry->second = std::max(entry->second, who.incarnation);
      return;
    }
    order_.push_back(who.node);
    if (order_.size() <= limit)
      return;
    greatest_.erase(order_.front());
    order_.pop_front();
  }

  /// For a new life of this node: the verdicts of the old one do not hold for it.
  void clear() {
    greatest_.clear();
    order_.clear();
  }

  bool contains(const peer& who) const {
    auto entry = greatest_.find(who.node);
    return entry != greatest_.end() && who.incarnation <= entry->second;
  }

private:
  std::map<node_id, incarnation> greatest_;
  std::deque<node_id> order_; ///< as they were declared
};

} // namespace chorus
