#pragma once

#include <chorus/actors/fate.hpp>
#include <chorus/actors/message.hpp>

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>

#include <optional>

/// Fates as they stand in errors: for who makes errors and passes them on.
namespace chorus {

/// The fate that was written into an error with this context.
std::optional<request_fate> marked_fate(const caf::message& context);
std::optional<request_fate> marked_fate(const caf::error& reason);

/// The error as it was before a fate was written into it.
caf::error without_fate(const caf::error& reason);

/// What an actor has answered, with the fate of the request that it has answered: if the error came from a
/// request of its own, it carries that one's. None if the error says nothing of any fate.
std::optional<caf::error> as_answer(const caf::error& reason);

/// The fate of a request whose answer cannot travel. `by_actor`: not CAF or a node in place of the target.
request_fate fate_without_answer(bool by_actor, const caf::type_erased_tuple& answer);

} // namespace chorus

CHORUS_MESSAGE(chorus::requests::request_fate, "chorus.request_fate/1")
