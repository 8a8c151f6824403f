#pragma once

#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor.hpp>

#include <map>
#include <string>
#include <string_view>

namespace chorus {

class node_services;

/// Which actor is known under which name in the cluster, as one node sees it: `node::names`.
///
///   node->names().announce("room/ada", ada);
///   for (auto& [name, actor] : node->names().list("room/"))
///     caf::anon_send(actor, line{"ada", "hello"});
///
/// Thread rules, and what holds after `stop`: as `node` says. Exception: the waiting `find` blocks its
/// thread. Never call it in an actor's.
class name_directory {
public:
  explicit name_directory(node_services& services);
  name_directory(const name_directory&) = delete;
  name_directory& operator=(const name_directory&) = delete;

  /// Makes `actor` known under `name` to every node until it ends, is withdrawn, or this node ends.
  /// If several announce one name, the last one counts (Lamport order); when that one goes, the one
  /// before it counts again. Errors: invalid_argument (empty or too long name, control characters in it, no
  /// or remote actor), overloaded (too many names), unavailable (the node stops, or has stopped).
  error announce(std::string_view name, const caf::actor& actor);

  /// Takes back this node's announcement of `name`; a no-op without one.
  void withdraw(std::string_view name);

  /// The actor announced under `name` as far as this node knows now; null if there is none. If its node
  /// cannot be reached from here, though the cluster has it, the handle has ended; an older announcer does
  /// not count.
  caf::actor find(std::string_view name) const;

  /// Waits until somebody who can be reached has announced `name`. Errors: unavailable (no seed answered
  /// within the time, the node that has announced it cannot be reached, or this node has stopped), not_found
  /// (nobody announced it), refused (the cluster has rejected this node, or members refuse it so far and it
  /// goes on asking).
  result<caf::actor> find(std::string_view name, duration within) const;

  /// All names that begin with `prefix`, and the actor that each of them stands for.
  std::map<std::string, caf::actor> list(std::string_view prefix = {}) const;

private:
  node_services& services_;
};

} // namespace chorus
