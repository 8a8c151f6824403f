#pragma once

#include <chorus/actors/fate.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

namespace chorus {

/// Why a link did not take a message, in words that say what to do.
error describe(errc code, const peer& to);

/// Answers a request in place of the actor that was asked; from nobody. A no-op without a requester.
void answer_with_error(
    const caf::strong_actor_ptr& requester, caf::message_id id, const error& reason, request_fate fate
);

} // namespace chorus
