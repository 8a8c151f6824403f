#include "remote_nodes.hpp"

#include <algorithm>
#include <utility>

namespace chorus {

std::shared_ptr<remote_node> remote_nodes::find(const peer& who) const {
  std::lock_guard guard{mutex_};
  auto position = nodes_.find(who);
  return position == nodes_.end() ? nullptr : position->second;
}

std::shared_ptr<remote_node> remote_nodes::find(relation_number relation) const {
  std::lock_guard guard{mutex_};
  auto position = by_relation_.find(relation);
  return position == by_relation_.end() ? nullptr : position->second;
}

relation_number remote_nodes::relation_with(const peer& who) const {
  std::lock_guard guard{mutex_};
  auto position = nodes_.find(who);
  return position == nodes_.end() ? relation_number{} : position->second->relation();
}

std::shared_ptr<remote_node> remote_nodes::add(const peer& who, std::shared_ptr<remote_node> node) {
  by_relation_[node->relation()] = node;
  return nodes_[who] = std::move(node);
}

std::shared_ptr<remote_node> remote_nodes::lose(const peer& who) {
  std::lock_guard guard{mutex_};
  auto position = nodes_.find(who);
  if (position == nodes_.end())
    return nullptr;
  auto node = std::move(position->second);
  nodes_.erase(position);
  by_relation_.erase(node->relation());
  return node;
}

std::vector<peer> remote_nodes::earlier_lives(const peer& who) const {
  std::lock_guard guard{mutex_};
  std::vector<peer> found;
  for (auto i = nodes_.lower_bound({who.node, {}}); i != nodes_.end() && i->first < who; ++i)
    found.push_back(i->first);
  return found;
}

std::vector<std::shared_ptr<remote_node>> remote_nodes::all() const {
  std::lock_guard guard{mutex_};
  std::vector<std::shared_ptr<remote_node>> found;
  for (auto& [who, node] : nodes_)
    found.push_back(node);
  return found;
}

void remote_nodes::close() {
  std::lock_guard guard{mutex_};
  closed_ = true;
}

std::size_t remote_nodes::unmet() const {
  auto count = std::count_if(nodes_.begin(), nodes_.end(), [](auto& item) { return !item.second->is_met(); });
  return static_cast<std::size_t>(count);
}

} // namespace chorus
