#pragma once

#include "../caf17/actor_reference.hpp"

#include <caf/abstract_actor.hpp>

namespace chorus::requests {

/// Who an actor is to the cores of callers and of servers. Local actors have no life of their own to tell
/// apart: their numbers are never given twice.
caf17::actor_reference identity_of(const caf::abstract_actor& who);

} // namespace chorus::requests
