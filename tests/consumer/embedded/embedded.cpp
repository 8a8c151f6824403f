#include <chorus/actors/node.hpp>

#include <clocale>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <pthread.h>
#include <set>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// A process that has better things to do than to be a node: it opens one, and wants to find itself unchanged.

namespace {

int allocator_settings = 0;

} // namespace

/// In place of the C library's, to count its calls.
extern "C" int mallopt(int, int) noexcept {
  ++allocator_settings;
  return 1;
}

namespace {

/// What the process looks like, by name.
using looks = std::map<std::string, std::string>;

std::string text_of(const struct sigaction& chosen) {
  auto text = std::to_string(reinterpret_cast<std::uintptr_t>(chosen.sa_handler));
  return text + " with flags " + std::to_string(chosen.sa_flags);
}

looks look() {
  looks seen;
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction chosen = {};
    if (::sigaction(signal, nullptr, &chosen) == 0)
      seen["what signal " + std::to_string(signal) + " does"] = text_of(chosen);
    if (sigismember(&blocked, signal) == 1)
      seen["signal " + std::to_string(signal)] = "blocked";
  }
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    rlimit limit{};
    ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
    seen["limit " + std::to_string(resource)] =
        std::to_string(limit.rlim_cur) + ' ' + std::to_string(limit.rlim_max);
  }
  for (auto variable = environ; *variable != nullptr; ++variable)
    seen["environment " + std::string{*variable}] = "set";
  const auto mask = ::umask(0);
  ::umask(mask);
  seen["umask"] = std::to_string(mask);
  seen["working directory"] = std::filesystem::current_path().string();
  seen["locale"] = std::setlocale(LC_ALL, nullptr);
  seen["terminate handler"] = std::to_string(reinterpret_cast<std::uintptr_t>(std::get_terminate()));
  seen["settings of the allocator"] = std::to_string(allocator_settings);
  return seen;
}

/// The names of what is not as it was.
std::set<std::string> differences(const looks& before, const looks& now) {
  looks all = before;
  all.insert(now.begin(), now.end());
  std::set<std::string> names;
  for (const auto& [name, ignored] : all) {
    auto old = before.find(name);
    auto fresh = now.find(name);
    if (old == before.end() || fresh == now.end() || old->second != fresh->second)
      names.insert(name);
  }
  return names;
}

/// Whether `look` sees each kind of change.
bool sees_changes() {
  const std::function<void()> changes[] = {
      [] { std::signal(SIGPIPE, SIG_IGN); },
      [] {
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
      },
      [] {
        const rlimit few{16, 16};
        ::setrlimit(RLIMIT_NOFILE, &few);
      },
      [] { ::setenv("CHANGED", "yes", 1); },
      [] { ::umask(0777); },
      [] { std::filesystem::current_path("/"); },
      [] { std::setlocale(LC_ALL, "C.UTF-8"); },
      [] { std::set_terminate(std::abort); },
      [] { mallopt(0, 0); },
  };
  for (const auto& change : changes) {
    auto before = look();
    change();
    if (differences(before, look()).empty())
      return false;
  }
  return true;
}

chorus::node* running = nullptr;

} // namespace

int main() {
  std::signal(SIGTERM, [](int) { running->request_stop(); }); // a program with signal handlers of its own
  const auto before = look();
  std::set<std::string> changed;
  auto compare = [&](const std::string& when) {
    for (const auto& name : differences(before, look()))
      changed.insert(name + ", " + when);
  };
  {
    chorus::config settings;
    settings.log_level = "off";
    auto node = chorus::node::open(settings);
    if (!node) {
      std::cout << to_string(node.failure()) << '\n';
      return EXIT_FAILURE;
    }
    running = &*node;
    compare("when the node is open");
    std::raise(SIGTERM);
    node->wait_for_stop_request();
    node->stop();
    compare("when it has stopped");
  }
  compare("when it is gone");

  for (const auto& name : changed)
    std::cout << "changed: " << name << '\n';
  if (changed.empty() && !sees_changes()) {
    std::cout << "a change was not seen: this check has lost its subject\n";
    return EXIT_FAILURE;
  }
  return changed.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
