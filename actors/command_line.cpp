#include <chorus/actors/command_line.hpp>
#include <chorus/actors/exit_code.hpp>
#include <chorus/actors/version.hpp>

#include <CLI/Option.hpp>
#include <CLI/StringTools.hpp>
#include <CLI/Validators.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace chorus {

namespace {

/// `--data-dir` -> `CHORUS_DATA_DIR`.
std::string environment_name(std::string_view flag) {
  std::string name = "CHORUS_";
  for (char letter : flag.substr(2))
    name += letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return name;
}

address checked_address(const std::string& flag, const std::string& text) {
  auto where = parse_address(text);
  if (!where)
    throw CLI::ValidationError{flag, where.failure().what};
  return *where;
}

address reachable_address(const std::string& flag, const std::string& text) {
  auto where = checked_address(flag, text);
  if (auto failed = check_reachable(where))
    throw CLI::ValidationError{flag, failed.what};
  return where;
}

std::pair<std::string, std::string> checked_tag(const std::string& text) {
  auto split = text.find('=');
  if (split == std::string::npos || split == 0)
    throw CLI::ValidationError{"--tag", "'" + text + "' is no tag: give KEY=VALUE"};
  return {text.substr(0, split), text.substr(split + 1)};
}

CLI::Validator name_check() {
  return CLI::Validator{[](std::string& text) { return check_name(text).what; }, "NAME"};
}

/// Seconds on the command line, nanoseconds inside.
void add_seconds(CLI::App& app, const std::string& flag, duration& target, const std::string& help) {
  app.add_option_function<double>(
         flag,
         [&target](double seconds) {
           target = std::chrono::duration_cast<duration>(std::chrono::duration<double>{seconds});
         },
         help + " (default " + std::to_string(std::chrono::duration<double>{target}.count()).substr(0, 3)
             + ")"
  )
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, std::chrono::duration<double>{config::longest_time}.count()))
      ->envname(environment_name(flag));
}

} // namespace

void add_options(CLI::App& app, config& settings) {
  app.set_version_flag("--version", std::string{"chorus "} + version);
  app.set_config("--config", "", "Read options from this file (lines like: seed = \"host:port\")");
  app.option_defaults()->group("Node");

  auto add = [&app](const std::string& flag, auto& target, const std::string& help) {
    return app.add_option(flag, target, help)->envname(environment_name(flag));
  };
  add("--cluster", settings.cluster, "Name of the cluster; others refuse each other")
      ->capture_default_str()
      ->check(name_check());
  add("--name", settings.name, "Name of this node, unique in the cluster (default: drawn)")
      ->check(name_check());
  app.add_option_function<std::string>(
         "--listen",
         [&settings](const std::string& text) { settings.listen = checked_address("--listen", text); },
         "Where to listen; *:PORT for all interfaces, port 0 for a free one (default "
             + to_string(settings.listen) + ")"
  )
      ->type_name("HOST:PORT")
      ->envname("CHORUS_LISTEN");
  app.add_option_function<std::string>(
         "--advertise",
         [&settings](const std::string& text) {
           settings.advertise = reachable_address("--advertise", text);
         },
         "Where others reach this node (default: the interface that reaches the seed)"
  )
      ->type_name("HOST:PORT")
      ->envname("CHORUS_ADVERTISE");
  app.add_option_function<std::vector<std::string>>(
         "--seed",
         [&settings](const std::vector<std::string>& texts) {
           settings.seeds.clear();
           for (auto& text : texts)
             settings.seeds.push_back(reachable_address("--seed", text));
         },
         "A node of the cluster to join; may be given several times, retried for ever"
  )
      ->type_name("HOST:PORT")
      ->delimiter(',')
      ->take_all()
      ->allow_extra_args(false)
      ->envname("CHORUS_SEED");
  add("--data-dir",
      settings.data_directory,
      "Folder that keeps this node's identity (default: none, a new node at every start)")
      ->type_name("FOLDER");
  app.add_option("--role", settings.about.roles, "What this node is for; may be given several times")
      ->type_name("NAME")
      ->delimiter(',')
      ->take_all()
      ->allow_extra_args(false)
      ->check(name_check())
      ->envname("CHORUS_ROLE");
  app.add_option_function<std::vector<std::string>>(
         "--tag",
         [&settings](const std::vector<std::string>& texts) {
           settings.about.tags.clear();
           for (auto& text : texts)
             settings.about.tags.insert(checked_tag(text));
         },
         "More about this node; may be given several times"
  )
      ->type_name("KEY=VALUE")
      ->delimiter(',')
      ->take_all()
      ->allow_extra_args(false)
      ->envname("CHORUS_TAG");
  add("--app-version", settings.about.version, "Version of the application, for other nodes to see")
      ->check(name_check());
  add_seconds(
      app, "--failure-timeout", settings.failure_timeout, "Silence for which a node is believed to be alive"
  );
  add_seconds(app, "--leave-within", settings.leave_within, "How long leaving waits for what is under way");
  add("--log-level", settings.log_level, "trace, debug, info, warn, error or off")
      ->capture_default_str()
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  add("--threads", settings.threads, "Threads of the actor scheduler; 0: one for each core")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, config::most_threads));
  add("--scheduler", settings.scheduler, "How these threads find work: sharing or stealing")
      ->capture_default_str()
      ->check(CLI::IsMember({"sharing", "stealing"}));
  using unit = std::chrono::duration<double, std::micro>;
  app.add_option_function<double>(
         "--busy-poll",
         [&settings](double microseconds) {
           settings.busy_poll = std::chrono::duration_cast<duration>(unit{microseconds});
         },
         "How long to look for the next message before sleeping, after one that came alone; 0: never "
         "(default 100)"
  )
      ->type_name("MICROSECONDS")
      ->check(CLI::Range(0.0, unit{config::longest_busy_poll}.count()))
      ->envname("CHORUS_BUSY_POLL");
  app.option_defaults()->group("Options");
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& reason) {
    return app.exit(reason) == 0 ? 0 : static_cast<int>(exit_code::usage);
  }
}

} // namespace chorus
