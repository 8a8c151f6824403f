#pragma once

#include <chorus/actors/config.hpp>
#include <chorus/runtime/result.hpp>

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace chorus {

/// The node's log: standard error, one line per event, `<time> <level> <node name>: <text>`.
///
/// Everything that chorus has to say goes here. ZeroMQ writes no log, and Debian builds CAF 0.17 without its
/// own (`CAF_LOG_LEVEL_QUIET`), so the two say nothing themselves (docs/decisions/0013-caf-has-no-log.md).
///
/// Whoever logs never waits for whoever reads: lines are written by a thread of their own (log_writer.hpp). A
/// line that cannot be written is lost, and the log says how many were. `flush` waits for a moment at most.
/// Errors: invalid_argument for an unknown level; io (no thread is left).
result<std::shared_ptr<spdlog::logger>> open_log(const config& settings, const std::string& node_name);

} // namespace chorus
