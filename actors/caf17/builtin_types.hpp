#pragma once

#include <chorus/actors/caf17/message_type.hpp>

#include <vector>

namespace chorus::caf17 {

/// The types that may be sent without a declaration: numbers, strings, atoms, handles, errors, down
/// and exit messages, `caf::message`, and the containers of strings that CAF itself knows.
const std::vector<message_type>& builtin_types();

} // namespace chorus::caf17
