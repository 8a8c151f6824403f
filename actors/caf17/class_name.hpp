#pragma once

#include <caf/abstract_actor.hpp>

#include <string>

namespace chorus::caf17 {

/// What the program calls the actor: its class, or the state of a `caf::stateful_actor`. Empty for the
/// classes of CAF, which say nothing about it. Reads nothing that ends before the actor's memory does, unlike
/// `caf::local_actor::name`: from any thread that holds a handle.
std::string class_name(const caf::abstract_actor& actor);

} // namespace chorus::caf17
