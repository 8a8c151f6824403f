#include "logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>

namespace chorus {

result<std::shared_ptr<spdlog::logger>> open_log(const config& settings, const std::string& node_name) {
  auto level = spdlog::level::from_str(settings.log_level);
  if (level == spdlog::level::off && settings.log_level != "off")
    return error{
        errc::invalid_argument,
        "'" + settings.log_level + "' is no log level: use trace, debug, info, warn, error or off"};
  auto log = std::make_shared<spdlog::logger>(node_name, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("%H:%M:%S.%e %l %n: %v");
  log->set_level(level);
  return log;
}

} // namespace chorus
