#include <chorus/actors/config.hpp>
#include <chorus/membership/contact_list.hpp>
#include <chorus/membership/swim/config.hpp>
#include <chorus/membership/swim/wire.hpp>
#include <chorus/runtime/limits.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace chorus {

namespace {

error unusable(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

std::string in_milliseconds(duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

error check_time(const char* what, duration value, duration least, duration most) {
  if (least <= value && value <= most)
    return {};
  return unusable(
      std::string{what} + " is " + in_milliseconds(value) + "; it has to be from " + in_milliseconds(least)
      + " to " + in_milliseconds(most)
  );
}

error check_times(const config& settings) {
  const auto least = membership::swim::least_failure_timeout;
  if (auto failed = check_time("failure_timeout", settings.failure_timeout, least, config::longest_time))
    return failed;
  if (auto failed = check_time("leave_within", settings.leave_within, duration{}, config::longest_time))
    return failed;
  return check_time("busy_poll", settings.busy_poll, duration{}, config::longest_busy_poll);
}

error check_addresses(const config& settings) {
  constexpr auto most_seeds = membership::contact_list::limit;
  if (settings.seeds.size() > most_seeds)
    return unusable(
        std::to_string(settings.seeds.size()) + " seeds are too many: at most " + std::to_string(most_seeds)
        + "; a few that are up most of the time are enough"
    );
  for (const auto& seed : settings.seeds)
    if (auto failed = check_reachable(seed))
      return failed;
  return settings.advertise ? check_reachable(*settings.advertise) : error{};
}

error check_scheduler(const config& settings) {
  if (settings.threads > config::most_threads)
    return unusable(
        "the actor scheduler cannot have " + std::to_string(settings.threads) + " threads; at most "
        + std::to_string(config::most_threads)
    );
  if (settings.scheduler != "sharing" && settings.scheduler != "stealing")
    return unusable("there is no scheduler policy '" + settings.scheduler + "': choose sharing or stealing");
  return {};
}

} // namespace

error check_name(std::string_view name) {
  auto is_printable = [](unsigned char letter) { return letter > ' ' && letter != 0x7F; };
  if (name.size() > limits::name_bytes)
    return unusable("a name has at most " + std::to_string(limits::name_bytes) + " bytes");
  if (name.empty() || !std::ranges::all_of(name, is_printable))
    return unusable("a name consists of printable characters without spaces");
  return {};
}

error check_reachable(const address& where) {
  if (where.host.empty() || where.host == "*" || where.port == 0)
    return unusable("'" + to_string(where) + "' cannot be reached by others: give a host and a port");
  if (where.host.size() > limits::name_bytes)
    return unusable("a host's name has at most " + std::to_string(limits::name_bytes) + " bytes");
  return {};
}

error check(const membership::metadata& about) {
  auto size = membership::swim::metadata_size(about);
  if (size <= limits::metadata_bytes)
    return {};
  return {
      errc::invalid_argument,
      "roles, tags and version take " + std::to_string(size) + " bytes; at most "
          + std::to_string(limits::metadata_bytes) + " may travel"};
}

error check(const config& settings) {
  if (auto failed = check_name(settings.cluster))
    return failed;
  if (!settings.name.empty())
    if (auto failed = check_name(settings.name))
      return failed;
  if (auto failed = check_addresses(settings))
    return failed;
  if (auto failed = check_times(settings))
    return failed;
  if (auto failed = check_scheduler(settings))
    return failed;
  return check(settings.about);
}

} // namespace chorus
