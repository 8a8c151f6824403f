/// Any bytes as a configuration file. No text may crash the reader; what it reads has the form that it
/// promises, can be written down and read again, and what its values set is within the bounds of `config`.

#include "../../../../actors/program/config_file.hpp"

#include "../../../../actors/program/config_options.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {
namespace {

std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (char letter : value) {
    if (letter == '"' || letter == '\\')
      text += '\\';
    text += letter;
  }
  return text + '"';
}

/// As a file would say the same, each line where it was.
std::string written(const std::vector<config_line>& lines) {
  std::string text;
  std::size_t number = 1;
  for (const auto& line : lines) {
    text.append(line.number - number, '\n');
    number = line.number;
    text += line.key + " = [";
    for (const auto& value : line.values)
      text += in_quotes(value) + ", ";
    text += ']';
  }
  return text;
}

void check_form(const std::vector<config_line>& lines, std::string_view text) {
  const auto line_ends = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  std::size_t last = 0;
  for (const auto& line : lines) {
    CHORUS_CHECK(line.number > last && line.number <= line_ends + 1, "a line that is not there");
    last = line.number;
    CHORUS_CHECK(!line.key.empty(), "a line without a key");
    for (const auto& value : line.values)
      for (unsigned char byte : value)
        CHORUS_CHECK((byte >= ' ' || byte == '\t') && byte != 0x7F, "a control character in a value");
  }
  CHORUS_CHECK(parse_config(written(lines), "again").value() == lines, "it cannot be read again");
}

void check_bounds(const std::vector<config_line>& lines) {
  for (const auto& line : lines) {
    for (const auto& option : config_options()) {
      config settings;
      if (option.name == line.key && !read_option(option, settings, line.values))
        CHORUS_CHECK(!check_field(settings, option.field), "a value out of its bounds");
    }
  }
}

} // namespace
} // namespace chorus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto lines = chorus::parse_config(text, "file");
  if (!lines) {
    CHORUS_CHECK(lines.failure().what.starts_with("file:"), "an error without a place");
    return 0;
  }
  chorus::check_form(*lines, text);
  chorus::check_bounds(*lines);
  return 0;
}
