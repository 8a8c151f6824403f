#pragma once

#include <chorus/actors/config.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <optional>
#include <string>

namespace chorus {

/// How chorus' options are called among an application's own.
struct option_names {
  /// Stands before the name of each flag: with `chorus-`, `--name` is `--chorus-name`, and `--config` is
  /// `--chorus-config`. Variables and the keys of a file have no prefix.
  std::string prefix = {};
};

/// Adds the options of a chorus node to a command line: each as a flag, as an environment variable
/// (`--data-dir` is `CHORUS_DATA_DIR`) and as a line of the file given with `--config` or `CHORUS_CONFIG`.
/// Flags win over the environment, the environment over the file. Without a prefix, the application's own
/// options may stand in the file too. `--version` is the application's.
///
/// `settings` gives the defaults, receives the values when `app` parses, before the callbacks of `app` and
/// its subcommands, and must outlive that. A value that cannot be used is refused by the parser
/// (`CLI::ParseError`) with a text that names the flag, the variable, or the file, line and key.
///
/// Where the application has an option of the same name, before or after, `parse` refuses to run the program
/// and says so: choose a prefix.
void add_options(CLI::App& app, config& settings, const option_names& names = {});

/// Parses the command line of `main`. Gives the exit code when the process shall end: 0 after help and
/// version, `exit_code::usage` after printing what is wrong to standard error, `exit_code::failure` when
/// options clash. Warns on standard error of variables that look like a misspelt `CHORUS_…`.
std::optional<int> parse(CLI::App& app, int argc, char** argv);

} // namespace chorus
