#include "remote_actor.hpp"

#include <utility>

namespace chorus::caf17 {

remote_actor::remote_actor(
    caf::actor_config& settings,
    actor_reference stands_for,
    std::shared_ptr<outbox> link,
    std::shared_ptr<gateway> hub
)
    : actor_proxy(settings), reference_(stands_for), link_(std::move(link)), hub_(std::move(hub)) {}

void remote_actor::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (getf(is_terminated_flag))
    bounce(what);
  else
    hub_->forward(*this, *what);
}

void remote_actor::kill_proxy(caf::execution_unit* context, caf::error reason) {
  cleanup(std::move(reason), context);
}

const char* remote_actor::name() const {
  return "chorus.remote_actor";
}

} // namespace chorus::caf17
