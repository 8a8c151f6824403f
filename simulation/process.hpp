#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/seams.hpp>

#include <functional>
#include <memory>
#include <string>

namespace chorus::simulation {

class node;

/// One run of a program on a node: from its start to its crash. What is to outlive it is on the node's
/// disk.
///
/// It reaches the world through its node only (`node.hpp`): network, timers, disk, chance.
class process {
public:
  virtual ~process() = default;

  /// Is called once, when the node and the process know each other.
  virtual void start() {}

  virtual void receive(const peer& from, const shared_bytes& head, const shared_bytes& body) = 0;

  /// The connection to that node broke and there is a new one; what was under way is lost.
  virtual void reconnected(const node_id& /*other*/) {}

  /// News of another node: it runs, in this life. Comes late, in any order, but always (until the process
  /// ends): it stands for a membership service, for those protocols that need one.
  virtual void life_began(const peer& /*other*/) {}

  /// A packet of this program in a few words, for the transcript.
  virtual std::string describe(const wire_message& content) const;
};

/// Makes the process when its node starts. What is durable is in `at.disk().records()`.
using program = std::function<std::unique_ptr<process>(node& at)>;

} // namespace chorus::simulation
