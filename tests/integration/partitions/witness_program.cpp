// A node that tells what it hears of the others: one of those in six_nodes.hpp. Commands are lines of
// standard input; at its end the node leaves. What happens are lines of standard output: milliseconds of the
// machine's steady clock, a word, a name, more.
//
//   hold NAME     finds the witness of that node, monitors it and keeps its handle: `holds NAME`, later
//                 `lost NAME REASON`
//   ask NAME      sends a request to the handle: `answer NAME` or `no-answer NAME REASON`
//   members       `members NAME NAME ...`: whom it believes to be alive

#include <chorus/actors/error.hpp>
#include <chorus/actors/message.hpp>
#include <chorus/actors/node.hpp>
#include <chorus/actors/program/command_line.hpp>
#include <chorus/actors/program/exit_code.hpp>

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

namespace {

using ping_atom = caf::atom_constant<caf::atom("ping")>;
using hold_atom = caf::atom_constant<caf::atom("hold")>;
using ask_atom = caf::atom_constant<caf::atom("ask")>;

/// One line, with the time. From any thread.
void tell(const std::string& line) {
  static std::mutex mutex;
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  std::lock_guard guard{mutex};
  std::cout << std::chrono::duration_cast<std::chrono::milliseconds>(now).count() << ' ' << line << std::endl;
}

struct witness_state {
  witness_state() = default; // no aggregate: CAF would make a member from the actor itself

  std::map<std::string, caf::actor> held; ///< by node
};

using witness_self = caf::stateful_actor<witness_state>*;

caf::message_handler tell_events() {
  return {
      [](const chorus::node_up& event) {
        tell("up " + event.who.name + ' ' + to_string(event.who.who) + (event.is_back ? " again" : ""));
      },
      [](const chorus::node_down& event) {
        tell("down " + event.who.name + ' ' + std::string{to_string(event.reason)});
      },
      [](const chorus::node_gone& event) {
        tell("gone " + event.who.name + ' ' + std::string{to_string(event.reason)});
      },
      [](const chorus::node_expelled& event) {
        tell("expelled by " + std::to_string(event.by) + " of " + std::to_string(event.members));
      },
      [](const chorus::node_suspected& event) { tell("suspected " + event.who.name); },
      [](const chorus::node_trusted& event) { tell("trusted " + event.who.name); },
      [](const chorus::node_updated& event) { tell("updated " + event.who.name); },
  };
}

void hold(witness_self self, const std::string& name, const caf::actor& handle) {
  self->state.held[name] = handle;
  self->monitor(handle);
  tell("holds " + name);
}

void lose(witness_self self, const caf::down_msg& event) {
  for (auto& [name, handle] : self->state.held)
    if (handle.address() == event.source)
      tell("lost " + name + ' ' + self->system().render(event.reason));
}

void ask(witness_self self, const std::string& name) {
  self->request(self->state.held.at(name), caf::infinite, ping_atom::value)
      .then(
          [=](bool) { tell("answer " + name); },
          [=](const caf::error& reason) { tell("no-answer " + name + ' ' + self->system().render(reason)); }
      );
}

caf::behavior witness(witness_self self) {
  self->set_down_handler([=](const caf::down_msg& event) { lose(self, event); });
  return tell_events().or_else(
      [](ping_atom) { return true; },
      [=](hold_atom, const std::string& name, const caf::actor& handle) { hold(self, name, handle); },
      [=](ask_atom, const std::string& name) { ask(self, name); }
  );
}

void tell_members(const chorus::node& node) {
  std::string line = "members";
  for (auto& each : node.members().list())
    line += ' ' + each.name;
  tell(line);
}

void obey(chorus::node& node, const caf::actor& self, const std::string& command) {
  std::istringstream words{command};
  std::string verb;
  std::string name;
  words >> verb >> name;
  if (verb == "members") {
    tell_members(node);
  } else if (verb == "ask") {
    caf::anon_send(self, ask_atom::value, name);
  } else if (verb == "hold") {
    if (auto found = node.find("witness/" + name, std::chrono::minutes{1}))
      caf::anon_send(self, hold_atom::value, name, *found);
    else
      tell("no-handle " + name + ' ' + to_string(found.failure()));
  } else {
    tell("unknown-command " + command);
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"A node that tells what it hears of the others."};
  chorus::config settings;
  chorus::add_options(app, settings);
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("witness", node.failure());
  auto self = node->system().spawn(witness);
  if (auto failed = node->announce("witness/" + node->self().name, self))
    return chorus::report_failure("witness", failed);
  node->members().subscribe_all(self);
  tell("ready " + node->self().name + ' ' + to_string(node->self().who));
  for (std::string command; std::getline(std::cin, command);)
    obey(*node, self, command);
  caf::anon_send_exit(self, caf::exit_reason::user_shutdown);
}
