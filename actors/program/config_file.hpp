#pragma once

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {

/// A line `key = value` of a configuration file.
struct config_line {
  std::size_t number = 0; ///< from 1
  std::string key;
  std::vector<std::string>
      values; ///< one, or any number from a list `[a, b]`; what they mean is not looked at

  friend bool operator==(const config_line&, const config_line&) = default;
};

/// Larger files are refused: they are not meant for a node.
inline constexpr std::size_t longest_config_file = 1024 * 1024;

/// Reads the text of a configuration file (docs/decisions/0020-own-configuration-file-reader.md):
///
///     # the node in the corner
///     name = ada
///     listen = "10.0.0.1:4000"      # quotes keep a '#', a comma or blanks at the ends of a value
///     seed = ben:4000, cleo:4000    # several values; or `seed` again, or ["ben:4000", "cleo:4000"]
///
/// A key consists of letters, digits, `-`, `_` and `.`. A value ends with its line, or before a `#` that
/// follows a blank. In double quotes, `\"` and `\\` stand for `"` and `\`; in single quotes nothing is
/// special. A line that begins with `#` or `;` is a comment. Lines may end with CR LF, and the text may begin
/// with the byte order mark of UTF-8.
///
/// Error: invalid_argument, `name:line: what is wrong`: a line of any other form, a section `[name]`, a
/// control character, another byte order mark. `name` is the file's, for these texts.
result<std::vector<config_line>> parse_config(std::string_view text, const std::string& name);

/// The content of a file, which may be a pipe. Error: invalid_argument, with the path and the system's reason
/// (it is not there, cannot be read, is a folder, is larger than `longest_config_file`).
result<std::string> read_config_file(const std::filesystem::path& path);

} // namespace chorus
