#include "identity.hpp"

#include "../caf17/remote_actor.hpp"

namespace chorus::requests {

caf17::actor_reference identity_of(const caf::abstract_actor& who) {
  if (auto* remote = dynamic_cast<const caf17::remote_actor*>(&who))
    return remote->reference();
  return {{}, who.id()};
}

} // namespace chorus::requests
