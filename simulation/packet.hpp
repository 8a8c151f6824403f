#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/seams.hpp>

#include <cstddef>

namespace chorus::simulation {

/// The place of a node in its world, from 0.
using node_index = std::size_t;

/// Something on its way from one node to another.
struct packet {
  node_index from = 0;
  node_index to = 0;
  peer sender; ///< the life that sent it, as the receiver is told
  wire_message content;
};

} // namespace chorus::simulation
