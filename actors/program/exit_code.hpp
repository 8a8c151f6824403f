#pragma once

#include <chorus/runtime/result.hpp>

#include <string_view>

namespace chorus {

/// What the process of a node returns to its shell; documented in README.md.
enum class exit_code : int {
  success = 0,
  failure = 1,           ///< anything without a code of its own
  usage = 2,             ///< bad flag, value or configuration file
  address_in_use = 3,    ///< another program listens there
  permission_denied = 4, ///< the operating system forbids it
  unavailable = 5,       ///< no seed answered in time, nobody offers what was asked for, or the data
                         ///< directory is in use
  refused = 6,           ///< the cluster does not take this node, for example because its name is taken
};

/// The code for a process that ends because of this error; `failure` for errors without a code of their own.
exit_code to_exit_code(errc code) noexcept;

/// Prints `<program>: <what went wrong>` to standard error and gives the exit code for it. Waits for a moment
/// at most for whoever reads standard error, and raises no signal if nobody does.
int report_failure(std::string_view program, const error& failure);

} // namespace chorus
