#include "config_options.hpp"

#include <chorus/actors/quote.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace chorus {

namespace {

using texts = std::vector<std::string>;

error unusable(std::string problem) {
  return {errc::invalid_argument, std::move(problem)};
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What stands between commas; nothing between two commas, or after the last one, is no value.
texts split(const texts& values) {
  texts result;
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      auto comma = std::min(rest.find(','), rest.size());
      if (auto item = trimmed(rest.substr(0, comma)); !item.empty())
        result.emplace_back(item);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return result;
}

template <std::string config::*Field>
error set_text(config& settings, const texts& values) {
  settings.*Field = values.front();
  return {};
}

template <std::string config::*Field>
std::string show_text(const config& settings) {
  return settings.*Field;
}

/// A number of `Unit`s as a time. Far beyond all bounds it is refused here: it would not fit.
template <class Unit, duration config::*Field>
error set_time(config& settings, const texts& values) {
  constexpr double too_many = 1e9;
  const auto& text = values.front();
  const auto* end = text.data() + text.size();
  double number = 0;
  auto [rest, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc::result_out_of_range || (rest == end && std::abs(number) > too_many))
    return unusable(quote(text) + " is out of range");
  if (code != std::errc{} || rest != end || std::isnan(number))
    return unusable(
        quote(text) + " is no number; write digits, with a decimal point where needed, and no unit"
    );
  settings.*Field = std::chrono::duration_cast<duration>(std::chrono::duration<double, Unit>{number});
  return {};
}

template <class Unit, duration config::*Field>
std::string show_time(const config& settings) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", std::chrono::duration<double, Unit>{settings.*Field}.count());
  return text;
}

error set_threads(config& settings, const texts& values) {
  const auto& text = values.front();
  const auto* end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, settings.threads);
  if (code == std::errc::result_out_of_range)
    return unusable(quote(text) + " is out of range");
  if (code != std::errc{} || rest != end)
    return unusable(quote(text) + " is no number of threads; write digits");
  return {};
}

error set_listen(config& settings, const texts& values) {
  auto where = parse_address(values.front());
  if (!where)
    return where.failure();
  settings.listen = *where;
  return {};
}

error set_advertise(config& settings, const texts& values) {
  auto where = parse_address(values.front());
  if (!where)
    return where.failure();
  settings.advertise = *where;
  return {};
}

error set_seeds(config& settings, const texts& values) {
  settings.seeds.clear();
  for (const auto& text : values) {
    auto where = parse_address(text);
    if (!where)
      return where.failure();
    settings.seeds.push_back(*where);
  }
  return {};
}

error set_data_directory(config& settings, const texts& values) {
  settings.data_directory = values.front();
  return {};
}

error set_roles(config& settings, const texts& values) {
  settings.about.roles = {values.begin(), values.end()};
  return {};
}

error set_tags(config& settings, const texts& values) {
  settings.about.tags.clear();
  for (const auto& text : values) {
    auto split = text.find('=');
    if (split == std::string::npos || split == 0)
      return unusable(quote(text) + " is no tag: give KEY=VALUE");
    if (!settings.about.tags.emplace(text.substr(0, split), text.substr(split + 1)).second)
      return unusable("the tag " + quote(text.substr(0, split)) + " is given twice");
  }
  return {};
}

error set_version(config& settings, const texts& values) {
  settings.about.version = values.front();
  return {};
}

constexpr bool list = true;
constexpr bool single = false;

constexpr config_option options[] = {
    {"cluster",
     "cluster",
     "NAME",
     "Name of the cluster; nodes of different clusters refuse each other",
     single,
     set_text<&config::cluster>,
     show_text<&config::cluster>},
    {"name",
     "name",
     "NAME",
     "Name of this node, unique in the cluster (default: drawn)",
     single,
     set_text<&config::name>},
    {"listen",
     "listen",
     "HOST:PORT",
     "Where to listen; *:PORT for all interfaces, port 0 for a free one",
     single,
     set_listen,
     [](const config& settings) { return to_string(settings.listen); }},
    {"advertise",
     "advertise",
     "HOST:PORT",
     "Where others reach this node (default: the interface that reaches the seed)",
     single,
     set_advertise},
    {"seed",
     "seeds",
     "HOST:PORT",
     "A node of the cluster to join, retried for ever; several by repeating it or with commas between",
     list,
     set_seeds},
    {"data-dir",
     "data_directory",
     "FOLDER",
     "Keeps this node's identity (default: none, a new node at every start)",
     single,
     set_data_directory},
    {"role", "about.roles", "NAME", "What this node is for; several as above", list, set_roles},
    {"tag", "about.tags", "KEY=VALUE", "More about this node; several as above", list, set_tags},
    {"app-version",
     "about.version",
     "TEXT",
     "Version of the application, for other nodes to see",
     single,
     set_version},
    {"failure-timeout",
     "failure_timeout",
     "SECONDS",
     "Silence for which a node is believed to be alive",
     single,
     set_time<std::ratio<1>, &config::failure_timeout>,
     show_time<std::ratio<1>, &config::failure_timeout>},
    {"leave-within",
     "leave_within",
     "SECONDS",
     "How long leaving waits for what is under way",
     single,
     set_time<std::ratio<1>, &config::leave_within>,
     show_time<std::ratio<1>, &config::leave_within>},
    {"drain-within",
     "drain_within",
     "SECONDS",
     "How long handlers may go on before it leaves",
     single,
     set_time<std::ratio<1>, &config::drain_within>,
     show_time<std::ratio<1>, &config::drain_within>},
    {"quit-within",
     "quit_within",
     "SECONDS",
     "How long actors asked to quit are waited for",
     single,
     set_time<std::ratio<1>, &config::quit_within>,
     show_time<std::ratio<1>, &config::quit_within>},
    {"log-level",
     "log_level",
     "LEVEL",
     "trace, debug, info, warn, error or off",
     single,
     set_text<&config::log_level>,
     show_text<&config::log_level>},
    {"threads",
     "threads",
     "NUMBER",
     "Threads of the actor scheduler; 0: one for each core",
     single,
     set_threads,
     [](const config& settings) { return std::to_string(settings.threads); }},
    {"scheduler",
     "scheduler",
     "POLICY",
     "How these threads find work: sharing or stealing",
     single,
     set_text<&config::scheduler>,
     show_text<&config::scheduler>},
    {"busy-poll",
     "busy_poll",
     "MICROSECONDS",
     "How long to look for the next message before sleeping, after one that came alone; 0: never",
     single,
     set_time<std::micro, &config::busy_poll>,
     show_time<std::micro, &config::busy_poll>},
};

} // namespace

std::span<const config_option> config_options() {
  return options;
}

std::string environment_name(std::string_view option) {
  std::string name = "CHORUS_";
  for (unsigned char letter : option)
    name += letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  return name;
}

error read_option(const config_option& option, config& settings, const std::vector<std::string>& values) {
  if (!option.is_list && values.size() != 1)
    return unusable("it is given " + std::to_string(values.size()) + " times; give it once");
  auto items = option.is_list ? split(values) : values;
  if (items.empty() || items.front().empty())
    return unusable("it has no value; leave it out to take the default");
  if (auto failed = option.set(settings, items))
    return failed;
  return check_field(settings, option.field);
}

} // namespace chorus
