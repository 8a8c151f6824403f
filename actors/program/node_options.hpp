#pragma once

#include "config_file.hpp"
#include "config_options.hpp"

#include <chorus/actors/program/command_line.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chorus {

/// The options of one node within a command line, as a group (of CLI11): a group has names of its own, so
/// that the application may add an option of the same name before or after it without an exception.
///
/// CLI11 sorts flags and variables: it takes a variable only where there is no flag. The file is read here,
/// for what neither has set; CLI11's own reader of files accepts too much and has no line numbers
/// (docs/decisions/0020-own-configuration-file-reader.md).
class node_options : public CLI::Option_group {
public:
  /// For `app.add_option_group<node_options>(name, description)`.
  node_options(std::string description, std::string name, CLI::App* app);

  /// Adds the options. Once; `settings` outlives this object's parsing.
  void add(config& settings, const option_names& names);

  /// Those of its flags that the application, or another group, has as well or that cannot be flags:
  /// `--name`.
  std::vector<std::string> clashes() const;

private:
  /// Nothing if there is such a flag already, or can be none.
  CLI::Option*
  add(std::string_view name, std::string_view value, const std::string& help, CLI::callback_t read);
  std::string flag_name(std::string_view option) const;
  void read_values(const config_option& option, const CLI::results_t& values);
  void read_file(const std::string& path);
  void check_line(const config_line& line) const;
  void take_line(const config_line& line);
  void take_application_line(CLI::Option& option, const config_line& line);
  CLI::Option* application_option(const std::string& key) const;
  std::string unknown_key(const std::string& key) const;

  CLI::App& app_;
  config* settings_ = nullptr;
  std::string prefix_;
  std::vector<std::string> refused_; ///< flags that could not be added
};

/// All such groups of `app` and its subcommands.
std::vector<const node_options*> node_options_of(const CLI::App& app);

} // namespace chorus
