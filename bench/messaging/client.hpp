#pragma once

#include "workload.hpp"

#include <cstdint>
#include <string>

namespace chorus::bench {

/// Joins the server on that port of 127.0.0.1, runs the test and prints its result. Gives the exit code
/// of the process: a failure also if a message was lost, doubled or out of order.
int run_client(std::uint16_t port, const workload& what, const std::string& scheduler);

} // namespace chorus::bench
