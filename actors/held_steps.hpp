#pragma once

#include <chorus/membership/peers/events.hpp>
#include <chorus/runtime/ids.hpp>

#include <map>
#include <vector>

namespace chorus {

/// Steps of `membership::peers` that wait, because an earlier step about the same node takes more than one
/// turn of the I/O thread. So what is told of one node keeps its order, and other nodes do not wait.
///
/// Thread rules: none; the I/O thread owns it.
class held_steps {
public:
  using step = membership::peers::step;

  /// From now on steps about this node wait.
  void hold(const node_id& node) { held_.try_emplace(node); }

  /// Keeps the step if it has to wait. True if it does.
  bool keep(const step& what);

  /// Steps about the node wait no more. Gives those that have waited, in their order.
  std::vector<step> release(const node_id& node);

private:
  std::map<node_id, std::vector<step>> held_;
};

} // namespace chorus
