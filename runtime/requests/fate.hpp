#pragma once

#include <cstdint>
#include <string>

namespace chorus::requests {

/// Whether a request that ended with an error was executed: whether a handler that has to answer it has run.
/// A handler that delegates a request hands it over and does not count itself.
///
/// The numbers go over the wire.
enum class request_fate : std::uint8_t {
  unknown = 0,      ///< it may have been executed, or may still be
  executed = 1,     ///< a handler has run, or has begun to
  not_executed = 2, ///< no handler has run, and none will
};

/// `unknown`, `executed`, `not_executed`. A string, as CAF needs it to print elements of messages.
std::string to_string(request_fate fate);

/// How far a request had come when its target's answer was ruled out, as the node knows that ends it.
enum class request_stage : std::uint8_t {
  not_sent,    ///< no byte of it has left the requester's node, and none will
  sent,        ///< a link has taken it; that link has ended, or nobody keeps track of the request any more
  turned_away, ///< it has arrived, and no handler was given it: there is no such actor, or it cannot be read
  handed_over, ///< its target was given it, and has ended without an answer
  answered,    ///< a handler has answered; the answer cannot travel, or not now
};

/// What a node may say of a request that ends at this stage. Nobody can promise that a delegated request was
/// not executed: another handler had it before.
request_fate fate_at(request_stage stage, bool is_delegated = false) noexcept;

} // namespace chorus::requests
