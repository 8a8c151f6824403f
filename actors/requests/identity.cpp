#include "identity.hpp"

#include "../caf17/remote_actor.hpp"

namespace chorus::requests {

caf17::actor_reference identity_of(const caf::strong_actor_ptr& who) {
  if (auto* remote = dynamic_cast<const caf17::remote_actor*>(who->get()))
    return remote->reference();
  return {{}, who->id()};
}

} // namespace chorus::requests
