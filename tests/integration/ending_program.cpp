// A node with actors that hold up its end, each in the way that its first argument names.

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/program.hpp>

#include <caf/actor_registry.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <iostream>
#include <semaphore>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using go_atom = caf::atom_constant<caf::atom("go")>;

/// Destroyed after `main`, so after the node.
std::vector<caf::actor> handles;

std::counting_semaphore<> handled{0};

caf::behavior worker() {
  return {[](int) { handled.release(); }};
}

/// Handles outlive the node: of actors of any kind, in a registry, and in a thread that sends for ever.
void hold_handles(caf::actor_system& system) {
  handles.push_back(system.spawn(worker));
  handles.push_back(system.spawn<caf::detached>(worker));
  system.registry().put(caf::atom("worker"), system.spawn(worker));
  std::thread{[target = handles.front()] {
    for (;;) {
      caf::anon_send(target, 1);
      handled.try_acquire_for(std::chrono::milliseconds{1}); // so that the actor is idle now and then
    }
  }}.detach();
}

/// A blocking actor that takes no notice.
void spawn_deaf(caf::actor_system& system) {
  system.spawn([](caf::blocking_actor* self) { self->receive([](int) {}); });
}

/// A handler that reads a letter of standard input.
void spawn_reader(caf::actor_system& system) {
  auto reader = system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](go_atom) {
      std::cout << "reading" << std::endl;
      char letter = 0;
      if (::read(STDIN_FILENO, &letter, 1) == 1) // no lock of the standard library is held meanwhile
        std::cout << "read " << letter << std::endl;
    }};
  });
  caf::anon_send(reader, go_atom::value);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"A node whose actors hold up its end."};
  std::string kind;
  app.add_option("kind", kind)->required()->check(CLI::IsMember({"handles", "deaf", "reader"}));
  chorus::config settings;
  chorus::add_options(app, settings);
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("ending", node.failure());
  if (kind == "handles")
    hold_handles(node->system());
  else if (kind == "deaf")
    spawn_deaf(node->system());
  else
    spawn_reader(node->system());
  return chorus::run(*node, [] { std::cout << "ready" << std::endl; });
}
