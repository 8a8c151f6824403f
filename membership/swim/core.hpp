#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/membership/swim/config.hpp>
#include <chorus/membership/swim/message.hpp>
#include <chorus/membership/swim/output.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <optional>
#include <vector>

namespace chorus::membership::swim {

/// One node's view of the cluster: a pure protocol core.
class core {
public:
  using message = swim::message;
  using input = swim::input;
  using output = swim::output;

  core(time_point now, config settings);

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const input& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain();

  const member& self() const noexcept;

  /// The members without this node, suspected ones included, by node id.
  std::vector<member> members() const;

  bool is_suspected(const node_id& who) const;

  /// The latest suspicion of a node, also when it is over; nothing if there was none that is remembered.
  std::optional<suspicion_report> why_suspected(const node_id& who) const;

  const swim::counters& counters() const noexcept;
};

} // namespace chorus::membership::swim
