#include "held_steps.hpp"

#include <utility>
#include <variant>

namespace chorus {

namespace {

const node_id& node_of(const peer& who) {
  return who.node;
}

const node_id& node_of(const membership::member& who) {
  return who.who.node;
}

} // namespace

bool held_steps::keep(const step& what) {
  auto which =
      held_.find(std::visit([](const auto& each) -> const node_id& { return node_of(each.who); }, what));
  if (which == held_.end())
    return false;
  which->second.push_back(what);
  return true;
}

std::vector<held_steps::step> held_steps::release(const node_id& node) {
  auto which = held_.extract(node);
  return which ? std::move(which.mapped()) : std::vector<step>{};
}

} // namespace chorus
