#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/strong_integer.hpp>

namespace chorus {

/// A step of a core's output: put `message` on the network for `to`. It may be lost, late, doubled
/// or out of order, unless the core runs over the link core.
template <class Message>
struct transmit {
  peer to;
  Message message;
};

/// Names one `persist` step until the store has answered it.
using persist_token = strong_integer<struct persist_token_tag>;

/// A step of a core's output: make `record` durable, then tell the core `persisted(token)`.
/// Steps that must wait for the disk come out of the core only after that.
template <class Record>
struct persist {
  persist_token token;
  Record record;
};

/// The answer to a `persist` step, as an input of the core.
struct persisted {
  persist_token token;
};

} // namespace chorus
