#pragma once

#include <cstdint>
#include <string_view>

namespace chorus::bench {

/// The name under which the server's actor is announced.
inline constexpr std::string_view server_name = "bench.messaging";

/// Listens on that port of 127.0.0.1, prints `READY` and serves until a signal ends it. Gives the exit
/// code of the process.
int serve(std::uint16_t port);

} // namespace chorus::bench
