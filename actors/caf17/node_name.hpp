#pragma once

#include <chorus/runtime/ids.hpp>

#include <caf/actor_system.hpp>
#include <caf/node_id.hpp>

#include <cstdint>

namespace chorus::caf17 {

/// A node in CAF's terms, told apart by a number: the incarnation of this node, or the relation with another
/// one. 16 bytes of node id and 8 of the number are just what a `caf::node_id` holds.
caf::node_id to_caf_node(const chorus::node_id& node, std::uint64_t number);

/// Tells CAF who this node is. CAF leaves `actor_system::node()` invalid unless a networking module
/// sets it; loading CAF's own would start its middleman. To be called before any actor is spawned.
void set_node(caf::actor_system& system, const peer& self);

} // namespace chorus::caf17
