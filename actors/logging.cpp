#include "logging.hpp"

#include "log_writer.hpp"
#include "standard_error.hpp"

#include <chorus/runtime/last_words.hpp>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace chorus {

namespace {

constexpr auto pattern = "%H:%M:%S.%e %l %n: %v";

/// Lines for a writer. Formatting takes microseconds and is done by whoever logs.
class writer_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit writer_sink(std::shared_ptr<log_writer> writer) : writer_(std::move(writer)) {}

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    writer_->write({line.data(), line.size()});
  }

  void flush_() override { writer_->flush(log_writer::flush_within); }

  const std::shared_ptr<log_writer> writer_;
};

/// What the log says of itself, in the form of its lines.
std::string line_of_the_log(const std::string& text) {
  spdlog::memory_buf_t line;
  spdlog::pattern_formatter{pattern}.format({"log", spdlog::level::warn, text}, line);
  return {line.data(), line.size()};
}

/// After what the log has still to say, which may tell how it came to that.
void say_last_words(const char* text) noexcept {
  log_writer::flush_standard_error(last_words_within);
  write_to_standard_error(text, last_words_within);
}

} // namespace

result<std::shared_ptr<spdlog::logger>> open_log(const config& settings, const std::string& node_name) {
  auto level = spdlog::level::from_str(settings.log_level);
  if (level == spdlog::level::off && settings.log_level != "off")
    return error{
        errc::invalid_argument,
        "'" + settings.log_level + "' is no log level: use trace, debug, info, warn, error or off"};
  auto writer = log_writer::open_standard_error(line_of_the_log);
  if (!writer)
    return writer.failure();
  set_last_words(say_last_words);
  auto log = std::make_shared<spdlog::logger>(node_name, std::make_shared<writer_sink>(*writer));
  log->set_pattern(pattern);
  log->set_level(level);
  // By default spdlog prints its own troubles to standard error, in the thread that logs.
  log->set_error_handler([writer = *writer](const std::string& trouble) {
    writer->write(line_of_the_log("cannot format a line: " + trouble));
  });
  return log;
}

} // namespace chorus
