// A chat with rooms: a line typed on one node appears on all others in the same room.

#include <chorus/actors/message.hpp>
#include <chorus/actors/node.hpp>
#include <chorus/actors/program/program.hpp>
#include <chorus/actors/version.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <syncstream>
#include <thread>

struct line {
  std::string author;
  std::string text;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(author, text);
  }
};

CHORUS_MESSAGE(line, "chat.line/1")

using typed_atom = caf::atom_constant<caf::atom("typed")>;
using end_atom = caf::atom_constant<caf::atom("end")>;

/// A line of its own, whichever thread shows another at the same time.
void show(const std::string& text) {
  std::osyncstream{std::cout} << text << std::endl;
}

/// One person in one room: shows what others say, tells others what is typed here.
caf::behavior window(caf::event_based_actor* self, chorus::node* node, std::string room) {
  auto name = node->self().name;
  return {
      [=](const line& said) { show('[' + room + "] " + said.author + ": " + said.text); },
      [=](typed_atom, const std::string& text) {
        for (auto& [person, other] : node->names().list("chat/" + room + '/'))
          if (other != self)
            self->send(other, line{name, text});
      },
      [=](end_atom) { node->request_stop(); }, // everything typed before is on its way
      [=](const chorus::node_up& event) { show("* " + event.who.name + " joined"); },
      [=](const chorus::node_down& event) {
        show("* " + event.who.name + " is gone (" + std::string{to_string(event.reason)} + ')');
      },
  };
}

/// Reads a terminal or a pipe to its end.
void read_lines(caf::actor window) {
  for (std::string text; std::getline(std::cin, text);)
    if (!text.empty())
      caf::anon_send(window, typed_atom::value, text);
  caf::anon_send(window, end_atom::value);
}

int main(int argc, char** argv) {
  CLI::App app{"A chat with rooms: a line typed on one node appears on all others in the same room."};
  app.set_version_flag("--version", std::string{"chorus "} + chorus::version);
  chorus::config settings;
  settings.log_level = "warn";
  chorus::add_options(app, settings);
  std::string room = "lobby";
  app.add_option("--room", room, "The room to be in")->capture_default_str();
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  chorus::keep_freed_memory();

  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("chat", node.failure());
  // Whoever comes into a room waits for it, or a line from a pipe would be said before anybody can hear it.
  auto entrance = "room/" + room;
  if (!settings.seeds.empty())
    static_cast<void>(node->find(entrance, std::chrono::seconds{5})); // or else the room is new
  auto here = node->system().spawn(window, &*node, room);
  for (auto& name : {entrance, "chat/" + room + '/' + node->self().name})
    if (auto failed = node->announce(name, here))
      return chorus::report_failure("chat", failed);
  node->subscribe(here);
  auto exit_code = chorus::run(*node, [&] {
    show("ready " + node->self().name + " listening on " + to_string(node->self().where));
    std::thread{read_lines, here}.detach();
  });
  std::quick_exit(exit_code); // the reader may still wait for input, and an ordinary exit would wait for it
}
