#pragma once

#include <chorus/actors/events.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/actor.hpp>

#include <optional>
#include <vector>

namespace chorus {

class node_services;

/// The members of the cluster as one node sees them: `node::members`.
///
///   for (auto& member : node->members().list())
///     std::cout << member.name << " at " << to_string(member.where) << '\n';
///   node->members().subscribe_all(watcher);
///
/// Thread rules, and what holds after `stop`: as `node` says.
class member_list {
public:
  explicit member_list(node_services& services);
  member_list(const member_list&) = delete;
  member_list& operator=(const member_list&) = delete;

  /// The other members and their metadata, ascending by id: all that this node believes to be alive,
  /// suspected ones included.
  std::vector<membership::member> list() const;

  /// Who accused a member, when and on what evidence, who confirmed it, and what came of that: its latest
  /// suspicion, also when it is over. None if it was never suspected here, or if the report was dropped for
  /// newer ones.
  std::optional<membership::suspicion_report> why_suspected(const node_id& member) const;

  /// Replaces what this node tells the others about itself (`config::about`). Errors: invalid_argument (more
  /// than `limits::metadata_bytes`), unavailable (stopped).
  error update_metadata(membership::metadata about);

  /// Sends `node_up` and `node_down` to `subscriber` from now on, and `node_up` for every node that is up
  /// already, until it ends or the node stops. It must be an actor of this node. Subscribing again changes
  /// nothing.
  void subscribe(const caf::actor& subscriber);

  /// The same, and all else that events.hpp lists. A subscriber of `subscribe` hears of these from now on.
  void subscribe_all(const caf::actor& subscriber);

private:
  node_services& services_;
};

} // namespace chorus
