#include "log_names.hpp"

#include "caf17/class_name.hpp"

#include <utility>

namespace chorus {

namespace {

std::string number_of(std::uint64_t actor) {
  return "actor " + std::to_string(actor);
}

} // namespace

void log_names::add(const membership::member& member) {
  std::lock_guard guard{mutex_};
  auto node = member.who.node;
  if (!nodes_.insert_or_assign(node, member.name).second)
    return;
  order_.push_back(node);
  if (order_.size() <= limit)
    return;
  nodes_.erase(order_.front());
  order_.pop_front();
}

std::string log_names::node(const peer& which) const {
  std::lock_guard guard{mutex_};
  auto known = nodes_.find(which.node);
  auto number = to_string(which);
  return known == nodes_.end() ? number : known->second + " (" + number + ')';
}

std::string log_names::remote_actor(const caf17::actor_reference& which) const {
  auto name = names_->name_of(which);
  auto actor = name.empty() ? number_of(which.actor) : '\'' + name + "' (" + number_of(which.actor) + ')';
  return actor + " of node " + node(which.home);
}

std::string log_names::local_actor(const caf::strong_actor_ptr& which) const {
  auto number = number_of(which->id());
  if (auto name = names_->name_of_own(which->id()); !name.empty())
    return '\'' + name + "' (" + number + ')';
  auto type = caf17::class_name(*which->get());
  return type.empty() ? number : number + " (" + type + ')';
}

} // namespace chorus
