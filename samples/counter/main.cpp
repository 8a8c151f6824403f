// A counter that lives on one node and is used from any other.

#include <chorus/actors/message.hpp>
#include <chorus/actors/node.hpp>
#include <chorus/actors/program/program.hpp>
#include <chorus/actors/version.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct add {
  std::int64_t amount = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(amount);
  }
};

struct get {
  template <class Archive>
  void serialize(Archive&) {}
};

CHORUS_MESSAGE(add, "counter.add/1")
CHORUS_MESSAGE(get, "counter.get/1")

struct counter_state {
  std::int64_t value = 0;
};

caf::behavior counter(caf::stateful_actor<counter_state>* self) {
  return {
      [=](const add& command) { return self->state.value += command.amount; },
      [=](const get&) { return self->state.value; },
  };
}

/// Carries the counter until the process is told to end.
int host(chorus::node& node) {
  auto failed = node.announce("counter", node.system().spawn(counter));
  if (failed)
    return chorus::report_failure("counter", failed);
  return chorus::run(node, [&] {
    std::cout << "ready " << node.self().name << " listening on " << to_string(node.self().where)
              << std::endl;
  });
}

/// Finds the counter, wherever it is, and asks it once.
template <class Question>
int ask(chorus::node& node, const Question& question) {
  auto counter = node.find("counter", std::chrono::seconds{10});
  if (!counter)
    return chorus::report_failure("counter", counter.failure());
  int exit_code = 0;
  caf::scoped_actor self{node.system()};
  self->request(*counter, std::chrono::seconds{10}, question)
      .receive(
          [](std::int64_t value) { std::cout << value << std::endl; },
          [&](const caf::error& reason) {
            exit_code = chorus::report_failure(
                "counter", {chorus::errc::unavailable, "no answer: " + node.system().render(reason)}
            );
          }
      );
  return exit_code;
}

int main(int argc, char** argv) {
  CLI::App app{"A counter that lives on one node and is used from any other."};
  app.set_version_flag("--version", std::string{"chorus "} + chorus::version);
  chorus::config settings;
  settings.log_level = "warn";
  chorus::add_options(app, settings);
  bool hosts = false;
  app.add_flag("--host", hosts, "Carry the counter and serve the others");
  auto adds = app.add_subcommand("add", "Add to the counter and print its new value");
  auto gets = app.add_subcommand("get", "Print the counter's value");
  add command;
  adds->add_option("amount", command.amount, "How much; may be negative")->capture_default_str();
  app.require_subcommand(0, 1);
  app.final_callback([&] {
    if (hosts == (adds->parsed() || gets->parsed()))
      throw CLI::ValidationError{"say one of --host, add and get"};
  });
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  chorus::keep_freed_memory();

  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("counter", node.failure());
  if (adds->parsed())
    return ask(*node, command);
  if (gets->parsed())
    return ask(*node, get{});
  return host(*node);
}
