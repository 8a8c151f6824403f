#pragma once

#include <chorus/runtime/result.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/error.hpp>

#include <string>

namespace chorus {

/// The category under which chorus' errors travel inside `caf::error`.
inline constexpr caf::atom_value error_category = caf::atom("chorus");

/// chorus' error as CAF's: comparable with `==` to `chorus::errc`, with the sentence as context.
caf::error to_caf(const error& failure);

/// Lets CAF convert the plain code, as in `if (reason == chorus::errc::node_down)`.
caf::error make_error(errc code);

/// Lets `actor_system::render` print chorus' errors.
void add_error_category(caf::actor_system_config& settings);

} // namespace chorus
