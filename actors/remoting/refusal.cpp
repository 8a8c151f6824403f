#include "refusal.hpp"

#include <chorus/runtime/limits.hpp>

#include <caf/make_message.hpp>

#include <string>

namespace chorus {

error describe(errc code, const peer& to) {
  auto node = "node " + to_string(to);
  switch (code) {
  case errc::overloaded:
    return {code, "the buffer for " + node + " is full: send less, or wait until it is writable"};
  case errc::too_large:
    return {
        code,
        "a message has at most " + std::to_string(limits::message_bytes) + " bytes; send this one in parts"};
  default:
    return {code, "no link to " + node + "; find the actor again by its name"};
  }
}

void answer_with_error(
    const caf::strong_actor_ptr& requester, caf::message_id id, const error& reason, request_fate fate
) {
  if (requester)
    requester->enqueue(nullptr, id.response_id(), caf::make_message(to_caf(reason, fate)), nullptr);
}

} // namespace chorus
