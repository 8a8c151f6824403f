#include "config_options.hpp"
#include "nearest_name.hpp"
#include "node_options.hpp"

#include <chorus/actors/program/command_line.hpp>
#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/standard_error.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace chorus {

namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : between) + word;
  return text;
}

/// Told before anything is parsed: with two options of one name, no command line means what it says.
std::optional<int> refuse_clashes(const CLI::App& app, const std::string& program) {
  for (const auto* options : node_options_of(app)) {
    auto flags = options->clashes();
    if (flags.empty())
      continue;
    write_to_standard_error(
        program + ": this program has " + joined(flags, ", ")
            + " twice: chorus' options and its own have the same name. Its author has to give chorus' "
              "options "
              "a prefix, chorus::add_options(app, settings, {.prefix = \"chorus-\"}), or rename the "
              "others.\n",
        last_words_within
    );
    return static_cast<int>(exit_code::failure);
  }
  return std::nullopt;
}

bool asks_for_help(const CLI::App& app) {
  auto flag = app.get_help_ptr();
  return (flag != nullptr && flag->count() > 0)
         || std::ranges::any_of(app.get_subcommands(), [](const CLI::App* used) {
              return asks_for_help(*used);
            });
}

/// Long flags of an application and its groups.
std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    std::ranges::copy(option->get_lnames(), std::back_inserter(names));
  for (const auto* group :
       app.get_subcommands([](const CLI::App* inner) { return inner->get_name().empty(); }))
    std::ranges::copy(flags_of(*group), std::back_inserter(names));
  return names;
}

/// What may help somebody who gave a flag that was not expected.
std::string advice_on(const CLI::App& app, const std::vector<std::string>& unexpected) {
  for (std::string_view word : unexpected) {
    if (!word.starts_with("--") || word.size() == 2)
      continue;
    auto name = word.substr(2, std::min(word.find('='), word.size()) - 2);
    auto flags = flags_of(app);
    const auto used = app.get_subcommands();
    if (std::ranges::find(flags, name) != flags.end() && !used.empty())
      return "; --" + std::string{name} + " stands before '" + used.front()->get_name() + "'";
    for (const auto* subcommand : used)
      std::ranges::copy(flags_of(*subcommand), std::back_inserter(flags));
    if (auto meant = nearest_name(name, flags); !meant.empty())
      return "; did you mean --" + meant + '?';
  }
  return "";
}

/// As `CLI::App::exit`, but does not wait for whoever reads standard error.
int say(const CLI::App& app, const CLI::Error& reason) {
  std::ostringstream errors;
  auto code = app.exit(reason, std::cout, errors);
  write_to_standard_error(errors.str(), last_words_within);
  return code;
}

int report(const CLI::App& app, const CLI::ParseError& reason) {
  if (reason.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
    return say(app, reason);
  // Whoever asks for help is not helped by what is wrong with a variable or a file.
  if (asks_for_help(app))
    return say(app, CLI::CallForHelp{});
  if (reason.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    auto words = app.remaining(true);
    say(app, CLI::ValidationError{"not expected: " + joined(words, " ") + advice_on(app, words)});
  } else {
    say(app, reason);
  }
  return static_cast<int>(exit_code::usage);
}

/// Only what looks like one of ours: an orchestrator sets variables too, for example `CHORUS_PORT` and
/// `CHORUS_SERVICE_HOST` for a service named "chorus".
void warn_of_misspelt_variables(const std::string& program) {
  const auto prefix = environment_name("");
  std::vector<std::string> known{environment_name("config").substr(prefix.size())};
  for (const auto& option : config_options())
    known.push_back(environment_name(option.name).substr(prefix.size()));
  std::string warnings;
  for (auto variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    std::string_view text = *variable;
    auto name = text.substr(0, text.find('='));
    if (!name.starts_with(prefix))
      continue;
    if (text.substr(name.size()) == "=")
      continue; // as if it were not set
    name.remove_prefix(prefix.size());
    auto meant = nearest_name(name, known);
    if (!meant.empty() && meant != name)
      warnings += program + ": warning: the environment variable " + prefix + std::string{name}
                  + " is not used; did you mean " + prefix + meant + "?\n";
  }
  write_to_standard_error(warnings, last_words_within);
}

} // namespace

void add_options(CLI::App& app, config& settings, const option_names& names) {
  auto description = "Each also as an environment variable, or as a line of the file given with --"
                     + names.prefix
                     + "config. Flags win over the environment, the environment over the file.";
  app.add_option_group<node_options>("Node", description)->add(settings, names);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  const auto program = argc > 0 ? std::filesystem::path{argv[0]}.filename().string() : app.get_name();
  if (auto code = refuse_clashes(app, program))
    return code;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& reason) {
    return report(app, reason);
  }
  warn_of_misspelt_variables(program);
  return std::nullopt;
}

} // namespace chorus
