#pragma once

#include <chorus/actors/config.hpp>
#include <chorus/runtime/result.hpp>

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace chorus {

/// The node's log: standard error, one line per event, `<time> <level> <node name>: <text>`.
///
/// Everything that chorus and ZeroMQ have to say goes here. Debian builds CAF 0.17 without its log
/// (`CAF_LOG_LEVEL_QUIET`), so CAF itself says nothing.
/// Errors: invalid_argument for an unknown level.
result<std::shared_ptr<spdlog::logger>> open_log(const config& settings, const std::string& node_name);

} // namespace chorus
