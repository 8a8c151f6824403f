#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

namespace chorus::caf17 {

/// What an actor is, for the tables of `handles/`.
struct actor_kind {
  using handle = caf::strong_actor_ptr;
  using weak_handle = caf::weak_actor_ptr;
  using reason = caf::error;

  static weak_handle weaken(const handle& actor) { return weak_handle{actor.get()}; }
};

} // namespace chorus::caf17
