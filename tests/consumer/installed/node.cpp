#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstdlib>
#include <every_header.hpp>
#include <iostream>

struct greet {
  std::string name;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(name);
  }
};

CHORUS_MESSAGE(greet, "consumer.greet/1")

caf::behavior greeter(caf::event_based_actor*) {
  return {[](const greet& request) { return "hello " + request.name; }};
}

/// Opens a node of an installed chorus, and asks an actor that it finds by its name.
int main() {
  chorus::config settings;
  settings.log_level = "off";
  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("consumer", node.failure());
  if (auto failed = node->announce("greeter", node->system().spawn(greeter)))
    return chorus::report_failure("consumer", failed);
  auto found = node->find("greeter");
  std::string answer;
  caf::scoped_actor self{node->system()};
  self->request(found, std::chrono::seconds{10}, greet{"consumer"})
      .receive(
          [&](const std::string& text) { answer = text; },
          [&](const caf::error& reason) { answer = node->system().render(reason); }
      );
  std::cout << answer << '\n';
  return answer == "hello consumer" ? EXIT_SUCCESS : EXIT_FAILURE;
}
