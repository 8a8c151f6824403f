#pragma once

#include <chorus/actors/config.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <optional>

namespace chorus {

/// Adds the options of a chorus node to a command line: each as a flag, as an environment variable
/// (`--data-dir` is `CHORUS_DATA_DIR`) and as a line of the file given with `--config`; flags win over
/// the file, the file over the environment. Adds `--version` too.
///
/// `settings` receives the values when `app` parses and must outlive that. A value that cannot be
/// used is refused by the parser with a sentence that names the option.
void add_options(CLI::App& app, config& settings);

/// Parses the command line of `main`. Gives the exit code when the process shall end: 0 after `--help`
/// and `--version`, `exit_code::usage` after printing what is wrong to standard error.
std::optional<int> parse(CLI::App& app, int argc, char** argv);

} // namespace chorus
