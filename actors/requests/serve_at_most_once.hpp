#pragma once

#include <chorus/runtime/requests/duplicate_filter.hpp>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

namespace chorus {

namespace requests::detail {

caf::strong_actor_ptr spawn_server_stub(caf::strong_actor_ptr worker, const duplicate_limits& limits);

} // namespace requests::detail

/// A handle that removes duplicates in front of `worker`: requests made `at_most_once` through it reach the
/// worker once, however often they are tried. Give this one away instead of the worker's own:
///
///   node.announce("hits", chorus::serve_at_most_once(node.system().spawn(counter)));
///
/// The worker is an ordinary actor and answers as always: by value, response promise, delegation or error.
/// Everything else (other requests, messages, exit messages) reaches it unchanged; monitors and links of the
/// handle are told when the worker ends.
///
/// An answer is kept until its caller says that it has it, or ends. What is known ends with the worker; who
/// spawns it anew and hides that from callers breaks the promise. Pre: `worker` is not null.
template <class Handle>
Handle serve_at_most_once(const Handle& worker, const requests::duplicate_limits& limits = {}) {
  auto stub = requests::detail::spawn_server_stub(caf::actor_cast<caf::strong_actor_ptr>(worker), limits);
  return caf::actor_cast<Handle>(stub);
}

} // namespace chorus
