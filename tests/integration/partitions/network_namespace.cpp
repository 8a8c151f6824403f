#include "network_namespace.hpp"

#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace chorus::testing {

namespace {

constexpr auto switch_forwarding_on = "echo 1 > /proc/sys/net/ipv4/ip_forward";

/// Whatever the PATH of this user is.
std::string path_of(const std::string& program) {
  for (const auto* folder : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (auto path = folder + program; ::access(path.c_str(), X_OK) == 0)
      return path;
  return {};
}

/// What the program said if it has failed; empty if it has not.
std::string complaint_of(process& program) {
  auto code = program.wait();
  if (code == 0)
    return {};
  std::string text;
  for (auto& line : program.log())
    text += (text.empty() ? "" : " ") + line;
  return text.empty() ? "exit code " + std::to_string(code.value_or(-1)) : text;
}

/// How this user makes a network namespace.
struct way {
  std::string why_not;
  bool needs_user_namespace = false;
};

/// Does in a new namespace what needs a right or a part of the kernel.
std::string try_with(std::vector<std::string> command) {
  auto ip = path_of("ip");
  auto script = ip + " link add one type veth peer name other && " + ip
                + " rule add pref 1 iif one to 10.0.0.0/8 blackhole && " + switch_forwarding_on;
  command.insert(command.end(), {"/bin/sh", "-c", script});
  process attempt{std::move(command)};
  return complaint_of(attempt);
}

way find_way() {
  const std::pair<const char*, const char*> wanted[] = {
      {"ip", "iproute2"}, {"nsenter", "util-linux"}, {"unshare", "util-linux"}};
  for (auto& [program, package] : wanted)
    if (path_of(program).empty())
      return {std::string{"needs the program '"} + program + "' of Debian's package " + package};
  auto as_it_is = try_with({path_of("unshare"), "--net"});
  if (as_it_is.empty())
    return {};
  auto in_user_namespace = try_with({path_of("unshare"), "--map-root-user", "--net"});
  if (in_user_namespace.empty())
    return {.why_not = {}, .needs_user_namespace = true};
  return {
      "cannot make a network namespace (" + as_it_is + "; in a user namespace: " + in_user_namespace
      + "); run it as root"};
}

const way& the_way() {
  static const auto found = find_way();
  return found;
}

/// The option of `nsenter` to enter a namespace of that process.
std::string enter(const std::string& kind, pid_t process) {
  return "--" + kind + "=/proc/" + std::to_string(process) + "/ns/" + kind;
}

/// Says when it is in a new namespace, and stays there until the test closes its input, or has ended.
std::vector<std::string> keeper(const network_namespace* owner) {
  std::vector<std::string> command;
  if (the_way().needs_user_namespace && owner != nullptr)
    command = {path_of("nsenter"), enter("user", owner->id()), "--preserve-credentials"};
  command.push_back(path_of("unshare"));
  if (the_way().needs_user_namespace && owner == nullptr)
    command.emplace_back("--map-root-user");
  command.insert(command.end(), {"--net", "/bin/sh", "-c", "echo made; read -r end"});
  return command;
}

} // namespace

const std::string& network_namespace::why_not() {
  return the_way().why_not;
}

network_namespace::network_namespace(const network_namespace* owner) : keeper_(keeper(owner), {}, "keeper") {
  if (auto made = keeper_.prints("made"); !made)
    throw std::runtime_error{std::string{"cannot make a network namespace: "} + made.message()};
}

std::vector<std::string> network_namespace::inside(std::vector<std::string> command) const {
  std::vector<std::string> entry{path_of("nsenter"), enter("net", id())};
  if (the_way().needs_user_namespace)
    entry.insert(entry.end(), {enter("user", id()), "--preserve-credentials"});
  command.insert(command.begin(), entry.begin(), entry.end());
  return command;
}

void network_namespace::configure(const std::string& lines) const {
  run({path_of("ip"), "-batch", "-"}, lines);
}

void network_namespace::forward() {
  run({"/bin/sh", "-c", switch_forwarding_on}, {});
}

void network_namespace::run(std::vector<std::string> command, const std::string& input) const {
  process program{inside(std::move(command))};
  program.write(input);
  program.close_input();
  if (auto complaint = complaint_of(program); !complaint.empty())
    throw std::runtime_error{"in a network namespace: " + complaint};
}

} // namespace chorus::testing
