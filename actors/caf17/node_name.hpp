#pragma once

#include <chorus/runtime/ids.hpp>

#include <caf/actor_system.hpp>
#include <caf/node_id.hpp>

namespace chorus::caf17 {

/// One life of one node in CAF's terms: 16 bytes of node id and 8 of incarnation are just what a
/// `caf::node_id` holds.
caf::node_id to_caf_node(const peer& who);

/// Tells CAF who this node is. CAF leaves `actor_system::node()` invalid unless a networking module
/// sets it; loading CAF's own would start its middleman. To be called before any actor is spawned.
void set_node(caf::actor_system& system, const peer& self);

} // namespace chorus::caf17
