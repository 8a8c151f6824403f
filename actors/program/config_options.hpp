#pragma once

#include <chorus/actors/config.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {

/// One option of a node as people write it: the flag `--data-dir`, the variable `CHORUS_DATA_DIR` and the key
/// `data-dir` of a configuration file are the option `data-dir`. Command line, environment and file all read
/// their values with `read_option`.
struct config_option {
  std::string_view name;  ///< `data-dir`
  std::string_view field; ///< of `config`, as `check_field` calls it
  std::string_view value; ///< what help calls its value: `FOLDER`
  std::string_view help;
  bool is_list = false; ///< takes several values, by repetition or with commas between

  /// Sets the field; does not look at its bounds. Pre: there is one value, or one and more for a list.
  error (*set)(config& settings, const std::vector<std::string>& values);

  /// The value that stands if nothing is given; nullptr where the help says it.
  std::string (*show)(const config& settings) = nullptr;
};

/// All of them, in the order of the help.
std::span<const config_option> config_options();

/// `data-dir` -> `CHORUS_DATA_DIR`.
std::string environment_name(std::string_view option);

/// Reads an option from one source, in place of what was set before, and checks it. The text of the error
/// does not name the option. Error: invalid_argument.
error read_option(const config_option& option, config& settings, const std::vector<std::string>& values);

} // namespace chorus
