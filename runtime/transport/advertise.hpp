#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace chorus {

/// The address under which others reach this node.
///
/// What `wanted` says wins (port 0: the bound one). Without a wish it is what the node is bound to,
/// and for a node that listens on all interfaces the one that reaches the first seed that resolves
/// (asked of the routing table; no packet is sent), without seeds the first interface that is not the
/// loopback, else 127.0.0.1.
///
/// `bound` is what `transport::listening_on` says. Resolves names and may BLOCK; for the start of a
/// node. Errors: invalid_argument when others could not reach the result: `wanted` is a wildcard; or it is a
/// loopback address, or the node listens on the loopback only, and a seed has an address that other machines
/// reach (also one of this machine: the cluster has, or will have, members elsewhere) or a name that does
/// not resolve (this machine's own names always do).
result<address> choose_advertised(
    const address& bound, const std::optional<address>& wanted, const std::vector<address>& seeds
);

/// Whether `host` means every interface of a machine (`*`, `0.0.0.0`, `::`): one can listen there, and nobody
/// can be reached there.
bool is_every_interface(const std::string& host);

} // namespace chorus
