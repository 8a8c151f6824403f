// A node whose actors do what they are told: the other end in tests of remote actors.

#include "postponed.hpp"
#include "servant.hpp"

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/program.hpp>
#include <chorus/actors/requests/serve_at_most_once.hpp>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <iostream>
#include <string>

namespace {

struct secret {
  std::int64_t content = 1;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(content);
  }
};

struct shy {
  std::int64_t content = 1;
};

} // namespace

CHORUS_MESSAGE(secret, "test.secret/1")
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(shy)

namespace chorus::testing {
namespace {

adder::behavior_type add_up() {
  return {[](std::int64_t first, std::int64_t second) { return first + second; }};
}

struct worker_state {
  worker_state() = default; // no aggregate: CAF would make the actor itself its listener

  caf::actor listener;
  std::int64_t sum = 0;
  bool holds = false;
  postponed<std::int64_t> held;
};

caf::behavior stranger() {
  return {
      [](secret_atom) { return secret{}; },
      [](shy_atom) { return shy{}; },
  };
}

caf::behavior worker(caf::stateful_actor<worker_state>* self) {
  return {
      [=](add_atom, std::int64_t amount) -> caf::result<std::int64_t> {
        auto& state = self->state;
        state.sum += amount;
        if (state.listener)
          self->send(state.listener, heard_atom::value, std::string{"executed"});
        if (state.holds)
          return state.held.add(self, state.sum);
        return state.sum;
      },
      [=](report_atom, const caf::actor& listener) {
        self->state.listener = listener;
        return true;
      },
      [=](hold_atom) {
        self->state.holds = true;
        return true;
      },
      [=](now_atom) {
        self->state.holds = false;
        self->state.held.deliver();
        return true;
      },
  };
}

int serve(chorus::node& node) {
  auto& system = node.system();
  auto steward = spawn_steward(system);
  auto laborer = system.spawn(worker);
  auto typed = system.spawn(add_up);
  auto announce = [&](const std::string& what, const caf::actor& who) {
    return node.announce(what + '/' + node.self().name, who);
  };
  auto foreign = system.spawn(stranger);
  auto failed = announce("servant", spawn_servant(system, steward));
  if (!failed)
    failed = announce("adder", caf::actor_cast<caf::actor>(typed));
  if (!failed)
    failed = announce("worker", serve_at_most_once(laborer));
  if (!failed)
    failed = announce("stranger", foreign);
  if (failed)
    return report_failure("servant", failed);
  auto code = run(node, [&] {
    std::cout << "ready " << node.self().name << " listening on " << to_string(node.self().where)
              << std::endl;
  });
  for (auto& last : {steward, laborer, foreign, caf::actor_cast<caf::actor>(typed)})
    caf::anon_send_exit(last, caf::exit_reason::kill);
  return code;
}

} // namespace
} // namespace chorus::testing

int main(int argc, char** argv) {
  CLI::App app{"A node whose actors do what tests tell them."};
  chorus::config settings;
  settings.log_level = "warn";
  chorus::add_options(app, settings);
  if (auto done = chorus::parse(app, argc, argv))
    return *done;
  auto node = chorus::node::open(settings);
  if (!node)
    return chorus::report_failure("servant", node.failure());
  return chorus::testing::serve(*node);
}
