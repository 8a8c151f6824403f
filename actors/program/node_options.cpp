#include "node_options.hpp"

#include "nearest_name.hpp"

#include <chorus/actors/quote.hpp>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <utility>

namespace chorus {

namespace {

constexpr const char* config_flag = "config";

const config_option* find_option(std::string_view name) {
  auto options = config_options();
  auto found = std::ranges::find(options, name, &config_option::name);
  return found == options.end() ? nullptr : &*found;
}

/// As somebody would spell an option who writes `FAILURE_TIMEOUT` in a file.
std::string as_option(std::string_view key) {
  std::string name;
  for (unsigned char letter : key)
    name += letter == '_' ? '-' : static_cast<char>(std::tolower(letter));
  return name;
}

[[noreturn]] void refuse(const std::string& source, const std::string& problem) {
  throw CLI::ValidationError{source, problem};
}

/// Lines with the same key as one, which has the number of the first.
std::vector<config_line> with_lists_joined(std::vector<config_line> lines, const std::string& path) {
  std::vector<config_line> joined;
  for (auto& line : lines) {
    auto first = std::ranges::find(joined, line.key, &config_line::key);
    if (first == joined.end()) {
      joined.push_back(std::move(line));
      continue;
    }
    auto option = find_option(line.key);
    if (option != nullptr && !option->is_list)
      refuse(
          path + ':' + std::to_string(line.number),
          line.key + ": line " + std::to_string(first->number) + " sets it already; remove one of the two"
      );
    std::ranges::move(line.values, std::back_inserter(first->values));
  }
  return joined;
}

std::vector<std::string> long_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    std::ranges::copy(option->get_lnames(), std::back_inserter(names));
  return names;
}

bool has_long_name(const CLI::App& app, const std::string& name) {
  return std::ranges::any_of(app.get_options(), [&](const CLI::Option* option) {
    return option->check_lname(name);
  });
}

} // namespace

node_options::node_options(std::string description, std::string name, CLI::App* app)
    : CLI::Option_group(std::move(description), std::move(name), app), app_(*app) {
  set_help_flag(); // help is the application's
  set_help_all_flag();
  *option_defaults() = {}; // and so are its defaults: chorus' options are not required, for example
}

void node_options::add(config& settings, const option_names& names) {
  settings_ = &settings;
  prefix_ = names.prefix;
  for (const auto& option : config_options()) {
    auto shown = option.show == nullptr ? "" : " (default " + option.show(settings) + ')';
    add(option.name,
        option.value,
        std::string{option.help} + shown,
        [this, &option](const CLI::results_t& values) {
          read_values(option, values);
          return true;
        });
  }
  auto read = [this](const CLI::results_t& paths) {
    if (paths.size() > 1)
      refuse(flag_name(config_flag), "it is given " + std::to_string(paths.size()) + " times; give it once");
    if (paths.front().empty())
      refuse(flag_name(config_flag), "it has no value; give the path of a file");
    read_file(paths.front());
    return true;
  };
  if (auto file =
          add(config_flag, "FILE", "Read options from this file, of lines like: seed = host:port", read))
    file->configurable(false);
}

CLI::Option* node_options::add(
    std::string_view name, std::string_view value, const std::string& help, CLI::callback_t read
) {
  const auto flag = flag_name(name);
  try {
    // All values as they are: what several mean is decided where they are read, for all sources alike.
    if (app_.get_option_no_throw(flag) == nullptr)
      return add_option(flag, std::move(read), help)
          ->type_name(std::string{value})
          ->take_all()
          ->envname(environment_name(name));
  } catch (const CLI::ConstructionError&) {
  }
  refused_.push_back(flag);
  return nullptr;
}

std::string node_options::flag_name(std::string_view option) const {
  return "--" + prefix_ + std::string{option};
}

std::vector<std::string> node_options::clashes() const {
  auto result = refused_;
  auto others = app_.get_subcommands([this](const CLI::App* other) {
    return other->get_name().empty() && other != this;
  });
  others.push_back(&app_);
  for (const auto& name : long_names(*this))
    if (std::ranges::any_of(others, [&](const CLI::App* other) { return has_long_name(*other, name); }))
      result.push_back("--" + name);
  return result;
}

void node_options::read_values(const config_option& option, const CLI::results_t& values) {
  const auto flag = flag_name(option.name);
  auto is_on_line = std::ranges::find(parse_order(), get_option(flag)) != parse_order().end();
  if (auto failed = read_option(option, *settings_, values))
    refuse(is_on_line ? flag : environment_name(option.name), failed.what);
}

void node_options::read_file(const std::string& path) {
  auto content = read_config_file(path);
  if (!content)
    throw CLI::ValidationError{content.failure().what};
  auto lines = parse_config(*content, path);
  if (!lines)
    throw CLI::ValidationError{lines.failure().what};
  auto at = [&](const config_line& line, auto step) {
    try {
      step(line);
    } catch (const CLI::ParseError& reason) {
      refuse(path + ':' + std::to_string(line.number), reason.what());
    }
  };
  for (const auto& line : *lines)
    at(line, [this](const config_line& checked) { check_line(checked); });
  for (const auto& line : with_lists_joined(std::move(*lines), path))
    at(line, [this](const config_line& taken) { take_line(taken); });
}

/// Each line has to be right, whatever the command line sets in its place today.
void node_options::check_line(const config_line& line) const {
  auto scratch = *settings_;
  if (auto option = find_option(line.key)) {
    if (auto failed = read_option(*option, scratch, line.values))
      refuse(line.key, failed.what);
  } else if (auto applications = application_option(line.key); applications == nullptr) {
    throw CLI::ValidationError{unknown_key(line.key)};
  } else if (!applications->get_configurable()) {
    refuse(line.key, "this cannot be set in a file");
  }
}

void node_options::take_line(const config_line& line) {
  auto option = find_option(line.key);
  if (option == nullptr)
    return take_application_line(*application_option(line.key), line);
  auto flag = get_option_no_throw(flag_name(line.key));
  if (flag != nullptr && flag->count() > 0)
    return; // set by the flag or the variable
  if (auto failed = read_option(*option, *settings_, line.values))
    refuse(line.key, failed.what);
}

void node_options::take_application_line(CLI::Option& option, const config_line& line) {
  if (option.count() > 0)
    return;
  auto is_flag = option.get_expected_min() == 0;
  for (const auto& value : line.values)
    option.add_result(is_flag ? option.get_flag_value(line.key, value) : value);
  option.run_callback();
}

/// With a prefix, the file is chorus' alone.
CLI::Option* node_options::application_option(const std::string& key) const {
  return prefix_.empty() ? app_.get_option_no_throw("--" + key) : nullptr;
}

std::string node_options::unknown_key(const std::string& key) const {
  std::vector<std::string> known;
  for (const auto& option : config_options())
    known.emplace_back(option.name);
  if (prefix_.empty())
    std::ranges::copy(long_names(app_), std::back_inserter(known));
  auto meant = nearest_name(as_option(key), known);
  return "there is no option " + quote(key)
         + (meant.empty() ? "; --help lists them" : "; did you mean " + quote(meant) + '?');
}

std::vector<const node_options*> node_options_of(const CLI::App& app) {
  std::vector<const node_options*> result;
  for (const auto* inner : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (auto options = dynamic_cast<const node_options*>(inner))
      result.push_back(options);
    else
      std::ranges::copy(node_options_of(*inner), std::back_inserter(result));
  }
  return result;
}

} // namespace chorus
