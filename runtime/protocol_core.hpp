#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <concepts>
#include <optional>

namespace chorus {

/// The one shape of every protocol (docs/ARCHITECTURE.md, section 3).
///
/// A core is a deterministic function of its constructor arguments and the calls so far: no socket,
/// file, thread, clock or generator of its own. Inputs are calls, outputs are data. There are no
/// callbacks, so a core can never be re-entered half-way through a transition, and a test can look
/// at everything it wants to do before any of it happens.
///
/// - `receive`: a message from the network. Any content is possible, none may crash the core.
/// - `apply`: an input of this node: propose, join, send, member changed, persisted(token).
/// - `tick`: time has passed; a no-op before `next_deadline()`.
/// - `next_deadline`: when to call `tick`, or nothing if there is nothing to wait for.
/// - `drain`: what to do now, in the order in which to do it; empty when called again at once.
///
/// `output::for_each_step(visit)` calls `visit(step)` for every step, in order. A `transmit` step
/// carries a message to a peer, a `persist` step a record and a token, everything else is for the
/// node itself. See `driver.hpp`.
template <class Core>
concept protocol_core = requires(
    Core core,
    const Core& view,
    time_point now,
    peer from,
    const typename Core::message& message,
    const typename Core::input& input
) {
  { core.receive(now, from, message) } -> std::same_as<void>;
  { core.apply(now, input) } -> std::same_as<void>;
  { core.tick(now) } -> std::same_as<void>;
  { view.next_deadline() } -> std::same_as<std::optional<time_point>>;
  { core.drain() } -> std::same_as<typename Core::output>;
};

} // namespace chorus
