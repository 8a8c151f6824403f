#pragma once

#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/result.hpp>

#include <caf/error.hpp>

/// What became of a request that ended with an error. The code of an error says why there is no answer; it
/// does not say whether the request was executed: `overloaded` may mean the way there or the way back.
///
///   self->request(hits, 10s, add{1}).then(
///       [=](std::int64_t value) { ... },
///       [=](const caf::error& reason) {
///         if (chorus::fate(reason) == chorus::request_fate::not_executed)
///           ...; // safe to ask again
///       });
///
/// The same holds for requests of each semantics (requests/caller.hpp) and for plain ones of CAF.
///
/// `not_executed`:
/// - this node refused it before it left: link full or ended, too large, undeclared type, or the actor is
///   known to have ended
/// - a link that ended gave it back, because it was never sent
/// - the other node refused it: it is leaving, the actor has ended, the message cannot be read, or there is
///   no room to remember the call
/// - `caf::sec::unexpected_message` to an at-most-once call: the target does not remove duplicates
///
/// `executed`:
/// - the answer is too large, of an undeclared type, cannot be read, or finds the link back full
/// - the target answered with an error of chorus, from another node or to a `chorus::caller`
/// - the target answered with an error of the application's own category, or with `caf::sec::runtime_error`
/// - at-most-once: the answer was lost because the receiver had no room to keep it
///
/// `unknown`:
/// - `node_down` for a request that was sent
/// - `outcome_unknown`, and the oldest of too many open requests
/// - refused after another handler had delegated it
/// - `caf::sec::request_timeout`, and `request_receiver_down` of a target that had the request
/// - `caf::sec::unexpected_message`, `unexpected_response`, all other codes of CAF, reasons of exits
///
/// `not_executed` is a promise, also for the future. CAF gives the same codes for requests that were
/// executed and for others, so they promise nothing. A call of several tries is not executed if none of its
/// tries was, and executed if one of them was.
///
/// Limits: a handler that delegates a request hands it over, and what it did before does not count. The same
/// holds for composed actors: of `f * g`, `g` hands its result to `f` as the same request, and the fate is
/// that of `f`. If `f` is remote and its link full, that is `not_executed`, although `g` has run. A handler
/// that answers with the error of a request of its own passes on that request's fate to requesters on the
/// same node; there it should say `with_fate(reason, chorus::request_fate::executed)`.
namespace chorus {

using requests::request_fate;

/// Pre: `reason` is what ended a request; `unknown` for anything else.
request_fate fate(const caf::error& reason);

/// The same error, with another fate: the last element of its context.
caf::error with_fate(const caf::error& reason, request_fate fate);

/// chorus' error as CAF's, for the end of a request.
caf::error to_caf(const error& failure, request_fate fate);

} // namespace chorus
