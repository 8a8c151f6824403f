#pragma once

#include "process.hpp"

#include <chorus/runtime/address.hpp>

#include <memory>
#include <string>
#include <vector>

namespace chorus::testing {

using arguments = std::vector<std::string>;

/// The sample programs of this build.
std::unique_ptr<process> start_counter(arguments flags);
std::unique_ptr<process> start_chat(arguments flags);

/// The bare node of this build.
std::unique_ptr<process> start_chorusd(arguments flags);

/// The program of servant.hpp.
std::unique_ptr<process> start_servant(arguments flags);

/// Where a node that prints `ready NAME listening on HOST:PORT` can be reached; waits for that.
/// Empty, and a failed test, if it never comes.
std::string address_of(process& node);

/// A port of 127.0.0.1 that is free now and that the kernel gives to nobody by itself: for nodes that
/// are to come back where they were.
address free_address();

} // namespace chorus::testing
