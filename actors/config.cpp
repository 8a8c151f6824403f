#include "quote.hpp"

#include <chorus/actors/config.hpp>
#include <chorus/membership/contact_list.hpp>
#include <chorus/membership/swim/config.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/transport/advertise.hpp>

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <utility>

namespace chorus {

namespace {

error unusable(std::string problem) {
  return {errc::invalid_argument, std::move(problem)};
}

/// The shortest decimal form, without a unit.
template <class Unit>
std::string count_of(duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", std::chrono::duration<double, Unit>{time}.count());
  return text;
}

template <class Unit>
error check_range(duration value, duration least, duration most, const std::string& unit) {
  if (least <= value && value <= most)
    return {};
  return unusable(
      count_of<Unit>(value) + ' ' + unit + " is out of range: give " + count_of<Unit>(least) + " to "
      + count_of<Unit>(most) + ' ' + unit
  );
}

error check_seconds(duration value, duration least) {
  return check_range<std::ratio<1>>(value, least, config::longest_time, "seconds");
}

error check_word(const std::string& word, std::initializer_list<const char*> words) {
  if (std::ranges::find(words, word) != words.end())
    return {};
  std::string choice;
  for (auto other : words)
    choice += (choice.empty() ? "" : ", ") + std::string{other};
  return unusable(quote(word) + " is none of " + choice);
}

/// A host that an address can be written with, and read again.
error check_host(const address& where) {
  if (where.host.size() > limits::name_bytes)
    return unusable("a host's name has at most " + std::to_string(limits::name_bytes) + " bytes");
  auto read = parse_address(to_string(where));
  return read ? error{} : read.failure();
}

bool is_control(unsigned char letter) {
  return letter < ' ' || letter == 0x7F;
}

error check_seeds(const std::vector<address>& seeds) {
  constexpr auto most_seeds = membership::contact_list::limit;
  if (seeds.size() > most_seeds)
    return unusable(
        std::to_string(seeds.size()) + " seeds are too many: at most " + std::to_string(most_seeds)
        + "; a few that are up most of the time are enough"
    );
  for (const auto& seed : seeds)
    if (auto failed = check_reachable(seed))
      return failed;
  return {};
}

error check_roles(const membership::metadata& about) {
  for (const auto& role : about.roles)
    if (auto failed = check_name(role))
      return failed;
  return {};
}

error check_tags(const membership::metadata& about) {
  for (const auto& [key, value] : about.tags) {
    if (check_name(key) || key.find('=') != std::string::npos)
      return unusable(quote(key) + " cannot be a tag's key: use printable characters without spaces and '='");
    if (std::ranges::any_of(value, is_control))
      return unusable("the value of the tag " + quote(key) + " has control characters in it");
  }
  return {};
}

error check_version(const membership::metadata& about) {
  return about.version.empty() ? error{} : check_name(about.version);
}

error check_size(const membership::metadata& about) {
  auto size = membership::swim::metadata_size(about);
  if (size <= limits::metadata_bytes)
    return {};
  return unusable(
      "roles, tags and version take " + std::to_string(size) + " bytes; at most "
      + std::to_string(limits::metadata_bytes) + " may travel"
  );
}

error check_data_directory(const config& settings) {
  if (settings.data_directory && settings.data_directory->empty())
    return unusable("an empty path is no folder; give one, or none at all for a new node at every start");
  return {};
}

error check_threads(std::size_t threads) {
  if (threads <= config::most_threads)
    return {};
  return unusable(
      std::to_string(threads) + " threads are too many: give at most " + std::to_string(config::most_threads)
      + ", or 0 for one for each core"
  );
}

struct field {
  std::string_view name;
  error (*check)(const config& settings);
};

/// Every field of `config` has a line here.
constexpr field fields[] = {
    {"cluster", [](const config& c) { return check_name(c.cluster); }},
    {"name", [](const config& c) { return c.name.empty() ? error{} : check_name(c.name); }},
    {"listen", [](const config& c) { return check_host(c.listen); }},
    {"advertise", [](const config& c) { return c.advertise ? check_reachable(*c.advertise) : error{}; }},
    {"seeds", [](const config& c) { return check_seeds(c.seeds); }},
    {"data_directory", check_data_directory},
    {"about.roles", [](const config& c) { return check_roles(c.about); }},
    {"about.tags", [](const config& c) { return check_tags(c.about); }},
    {"about.version", [](const config& c) { return check_version(c.about); }},
    {"about", [](const config& c) { return check_size(c.about); }},
    {"failure_timeout",
     [](const config& c) {
       return check_seconds(c.failure_timeout, membership::swim::least_failure_timeout);
     }},
    {"leave_within", [](const config& c) { return check_seconds(c.leave_within, {}); }},
    {"drain_within", [](const config& c) { return check_seconds(c.drain_within, {}); }},
    {"quit_within", [](const config& c) { return check_seconds(c.quit_within, {}); }},
    {"log_level",
     [](const config& c) {
       return check_word(c.log_level, {"trace", "debug", "info", "warn", "error", "off"});
     }},
    {"threads", [](const config& c) { return check_threads(c.threads); }},
    {"scheduler",
     [](const config& c) {
       return check_word(c.scheduler, {"sharing", "stealing"});
     }},
    {"busy_poll",
     [](const config& c) {
       return check_range<std::micro>(c.busy_poll, {}, config::longest_busy_poll, "microseconds");
     }},
};

} // namespace

error check_name(std::string_view name) {
  auto is_printable = [](unsigned char letter) { return letter != ' ' && !is_control(letter); };
  if (name.size() > limits::name_bytes)
    return unusable("a name has at most " + std::to_string(limits::name_bytes) + " bytes");
  if (name.empty() || !std::ranges::all_of(name, is_printable))
    return unusable(quote(name) + " is no name: use printable characters without spaces");
  return {};
}

error check_reachable(const address& where) {
  if (is_every_interface(where.host))
    return unusable(
        quote(to_string(where))
        + " is every interface of a machine, and nobody can be reached there: give the address of one, or "
          "the machine's name"
    );
  if (where.host.empty() || where.port == 0)
    return unusable(quote(to_string(where)) + " cannot be reached by others: give a host and a port");
  return check_host(where);
}

error check(const membership::metadata& about) {
  for (auto part : {check_roles, check_tags, check_version, check_size})
    if (auto failed = part(about))
      return failed;
  return {};
}

error check(const config& settings) {
  for (const auto& field : fields)
    if (auto failed = field.check(settings))
      return {failed.code, std::string{field.name} + ": " + failed.what};
  return {};
}

error check_field(const config& settings, std::string_view field) {
  auto row = std::ranges::find(fields, field, &field::name);
  CHORUS_CHECK(row != std::end(fields), "a field without a check");
  return row->check(settings);
}

} // namespace chorus
