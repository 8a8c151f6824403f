#pragma once

#include "results.hpp"
#include "workload.hpp"

#include <chorus/runtime/result.hpp>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>

namespace chorus::bench {

/// What a sender works with.
struct assignment {
  caf::actor server;
  caf::actor listener; ///< gets the `outcome`
  workload what;
  std::function<std::uint64_t()> dead_letters;          ///< how many the node has counted
  std::function<void(const caf::actor&)> when_writable; ///< asks the node for `writable` for the server
};

/// Starts the actor that runs the test. It ends after it has sent the outcome, or with an error.
caf::actor spawn_sender(caf::actor_system& system, const assignment& task);

/// Runs the test from an actor of that system, and waits; fills in the listener. Errors: unavailable.
result<outcome> run(caf::actor_system& system, assignment task);

} // namespace chorus::bench
