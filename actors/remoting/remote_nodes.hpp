#pragma once

#include "remote_node.hpp"

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/error.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace chorus {

/// The lives of other nodes of which there are handles or links here: one relation with each.
///
/// Thread rules: any thread.
class remote_nodes {
public:
  /// Nodes of which there are handles and that were not met yet: several times what a cluster has.
  static constexpr std::size_t unmet_nodes = 4 * limits::members;

  /// Null if there is none.
  std::shared_ptr<remote_node> find(const peer& who) const;

  /// Null if the relation has ended.
  std::shared_ptr<remote_node> find(relation_number relation) const;

  /// Of the node, if there is one now.
  relation_number relation_with(const peer& who) const;

  /// The node, or `make()` if there is none. Null at the limit and after `close`.
  template <class Make>
  std::shared_ptr<remote_node> find_or_make(const peer& who, Make&& make) {
    std::lock_guard guard{mutex_};
    if (auto known = nodes_.find(who); known != nodes_.end())
      return known->second;
    if (closed_ || unmet() >= unmet_nodes)
      return nullptr;
    return add(who, make());
  }

  /// The same for a node that was met.
  template <class Make>
  std::shared_ptr<remote_node> meet(const peer& who, Make&& make) {
    std::lock_guard guard{mutex_};
    auto known = nodes_.find(who);
    return known != nodes_.end() ? known->second : add(who, make());
  }

  /// The relation has ended. Gives it, or null.
  std::shared_ptr<remote_node> lose(const peer& who);

  /// Lives of the same node before this one.
  std::vector<peer> earlier_lives(const peer& who) const;

  std::vector<std::shared_ptr<remote_node>> all() const;

  /// Takes no more nodes.
  void close();

private:
  std::shared_ptr<remote_node> add(const peer& who, std::shared_ptr<remote_node> node);
  std::size_t unmet() const;

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::map<peer, std::shared_ptr<remote_node>> nodes_;
  std::map<relation_number, std::shared_ptr<remote_node>> by_relation_; ///< the same
};

} // namespace chorus
