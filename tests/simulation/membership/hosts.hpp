#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/simulation/network.hpp>

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace chorus::testing {

/// What a plain TCP connect comes to.
enum class connect_result { open, refused, no_answer };

/// Who listens at which address, and what a connection to it comes to: the part of a machine's kernel that
/// the simulator's network does not have.
class hosts {
public:
  using node_index = simulation::node_index;

  explicit hosts(const simulation::network& links) : links_(links) {}

  /// The machine is up, and its process listens there. The address may have been another machine's.
  void listen(node_index machine, const address& where);

  /// Its process has ended; if `with_host`, nobody is there any more to refuse anything.
  void end(node_index machine, bool with_host);

  /// Of the process that runs there now.
  std::optional<node_index> listener_at(const address& where) const;

  /// Who listened there last.
  std::optional<node_index> machine_of(const address& where) const;

  bool is_up(node_index machine) const { return !dark_.contains(machine); }

  /// From now on `from` refuses all its own connections to `to`, as a firewall does that rejects.
  void reject(node_index from, node_index to) { rejected_.emplace(from, to); }
  void allow(node_index from, node_index to) { rejected_.erase({from, to}); }

  /// Whether packets pass in both directions.
  bool are_connected(node_index one, node_index other) const;

  connect_result connect(node_index from, const address& where) const;

private:
  const simulation::network& links_;
  std::map<address, node_index> machines_;
  std::map<node_index, address> listening_;
  std::set<node_index> dark_;
  std::set<std::pair<node_index, node_index>> rejected_;
};

} // namespace chorus::testing
