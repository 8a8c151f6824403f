#include "travelling_handles.hpp"

#include "remoting.hpp"

namespace chorus {

caf17::actor_reference outgoing_handles::export_handle(const caf::strong_actor_ptr& handle) {
  if (handle && !hub_.is_of_this_system(handle)) {
    has_unusable_ = true;
    return {};
  }
  auto reference = hub_.give_handle(handle, to_);
  if (first_.actor == 0)
    first_ = reference;
  else
    more_.push_back(reference);
  return reference;
}

void outgoing_handles::take_back() {
  hub_.take_back_handle(first_, to_);
  for (auto& reference : more_)
    hub_.take_back_handle(reference, to_);
}

caf::strong_actor_ptr incoming_handles::import_handle(const caf17::actor_reference& reference) {
  return hub_.receive_handle(reference, &from_);
}

caf::strong_actor_ptr bounced_handles::import_handle(const caf17::actor_reference& reference) {
  hub_.take_back_handle(reference, to_);
  return nullptr;
}

} // namespace chorus
