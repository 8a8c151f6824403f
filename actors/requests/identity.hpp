#pragma once

#include "../caf17/actor_reference.hpp"

#include <caf/actor_control_block.hpp>

namespace chorus::requests {

/// Who an actor is to the cores of callers and of servers. Local actors have no life of their own to tell
/// apart: their numbers are never given twice. Pre: not null.
caf17::actor_reference identity_of(const caf::strong_actor_ptr& who);

} // namespace chorus::requests
