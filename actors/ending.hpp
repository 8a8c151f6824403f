#pragma once

#include "caf17/living_actors.hpp"

#include <chorus/runtime/time.hpp>

#include <spdlog/logger.h>

#include <functional>
#include <memory>

namespace chorus {

class node_services;

/// Waits until all actors are idle and `is_waiting`, asked now and then, says no; at most `within`. Logs who
/// is still at work then.
///
/// Thread rules: any thread that runs no actor.
void drain(
    caf17::living_actors& actors,
    const std::function<bool()>& is_waiting,
    duration within,
    spdlog::logger& log
);

/// Asks all actors to quit, those that begin meanwhile too, and waits for their end; at most `quit_within`.
/// Kills those that have not quit then (`caf::exit_reason::kill`), waits at most `killed_within`, and logs
/// which are left. Returns whether none is.
///
/// Thread rules: any thread that runs no actor.
bool end_actors(
    caf17::living_actors& actors, duration quit_within, duration killed_within, spdlog::logger& log
);

/// How long a node waits for actors that were killed: only those end now that are in no handler.
inline constexpr duration usual_killed_within = std::chrono::milliseconds{500};

/// How long the threads of a node are waited for, when no actor is left and when some are.
inline constexpr duration threads_end_within = std::chrono::seconds{10};
inline constexpr duration held_threads_end_within = std::chrono::seconds{1};

/// The end of a node: stops it, ends its actors and its threads. What has not ended in time is left behind,
/// with all that it uses, and is destroyed when it ends after all. The caller may keep `node` for its actors
/// until this returns; then it lets go, and calls `lasting_system::reclaim`.
///
/// Thread rules: any thread. In one that runs an actor of the node, the end is left to another thread and not
/// waited for. Ends the process if the system has no thread left for it.
void end_node(std::shared_ptr<node_services> node);

} // namespace chorus
