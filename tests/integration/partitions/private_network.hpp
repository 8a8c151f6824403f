#pragma once

#include "network_namespace.hpp"

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// Hosts with a network of their own: each is a network namespace that is connected to a router, another one,
/// which can drop what one host sends to another. Neither is told: no connection is refused, and no host is
/// called unreachable.
///
/// Networks do not see each other, so tests that have one can run at the same time.
///
/// The router drops packets by a rule of its policy routing, for the interface on which they come and the
/// network to which they go: this needs no packet filter, of which kernels have different ones or none.
class private_network {
public:
  static constexpr std::size_t most_hosts = 250;

  /// From one host, to another.
  using direction = std::pair<std::size_t, std::size_t>;

  /// Pre: `network_namespace::why_not` is empty, `hosts <= most_hosts`. Throws `std::runtime_error`, as do
  /// the other functions when `ip` complains.
  explicit private_network(std::size_t hosts);

  /// Each host has two addresses.
  static std::string address_of(std::size_t host, bool second = false);

  /// The command (path, then arguments) that runs this one on that host.
  std::vector<std::string> on(std::size_t host, std::vector<std::string> command) const;

  /// Drops what goes there from now on, also on connections that exist.
  void cut(const std::vector<direction>& directions);

  /// Drops nothing any more.
  void heal();

private:
  network_namespace router_;
  std::vector<std::unique_ptr<network_namespace>> hosts_;
  std::set<direction> cut_;
};

} // namespace chorus::testing
