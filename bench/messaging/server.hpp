#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace chorus::bench {

/// The name under which the server's actor is announced.
inline constexpr std::string_view server_name = "bench.messaging";

/// The actor that answers and counts.
caf::actor spawn_server(caf::actor_system& system);

/// Listens on that port of 127.0.0.1, prints `READY` and serves until a signal ends it. Gives the exit
/// code of the process.
int serve(std::uint16_t port, const std::string& scheduler);

} // namespace chorus::bench
