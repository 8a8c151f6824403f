// A bare node: a seed for others, and a watcher of the cluster. Its log tells who comes and goes.

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/program.hpp>
#include <chorus/actors/version.hpp>

#include <string>

int main(int argc, char** argv) {
  CLI::App app{"A node without actors of its own: a seed for others, and a watcher of the cluster.\n"
               "It writes one line to standard error for each member that comes, goes or is suspected."};
  app.set_version_flag("--version", std::string{"chorus "} + chorus::version);
  chorus::config settings;
  settings.threads = 1; // nothing runs there but what the actor system does for itself
  chorus::add_options(app, settings);
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  chorus::keep_freed_memory();

  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("chorusd", node.failure());
  return chorus::run(*node);
}
