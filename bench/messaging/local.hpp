#pragma once

#include "workload.hpp"

#include <cstddef>
#include <string>

namespace chorus::bench {

/// Runs the test between two actors of one process: on an actor system of CAF as it comes, on one with the
/// policy `sharing`, and on a node's, in turn, `rounds` times. Prints the medians of the rates and
/// of the ratios within a round. Gives the exit code of the process.
int run_local(const workload& what, std::size_t rounds, const std::string& scheduler);

} // namespace chorus::bench
