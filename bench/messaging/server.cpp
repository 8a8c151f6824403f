#include "server.hpp"

#include "messages.hpp"

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/program/process_memory.hpp>
#include <chorus/actors/program/run.hpp>

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <iostream>
#include <utility>

namespace chorus::bench {

namespace {

using clock = std::chrono::steady_clock;

struct counting {
  std::uint64_t acknowledge_every = 0;
  std::uint64_t count = 0;
  std::uint64_t misplaced = 0;
  std::int64_t latest = -1; ///< the number of the last record
  clock::time_point first;  ///< when the first record came
};

using server = caf::stateful_actor<counting>;

void take(server* self, const record& next) {
  auto& state = self->state;
  if (state.count++ == 0)
    state.first = clock::now();
  if (next.number <= state.latest)
    ++state.misplaced;
  state.latest = next.number;
  if (state.acknowledge_every != 0 && state.count % state.acknowledge_every == 0)
    self->send(caf::actor_cast<caf::actor>(self->current_sender()), acknowledged{state.count});
}

tally summary(const counting& state) {
  auto elapsed = state.count == 0 ? clock::duration::zero() : clock::now() - state.first;
  return {state.count, state.misplaced, std::chrono::nanoseconds{elapsed}.count()};
}

caf::behavior answer(server* self) {
  return {
      [](question& asked) { return std::move(asked.content); },
      [=](const record& next) { take(self, next); },
      [=](const begin& what) {
        self->state = counting{};
        self->state.acknowledge_every = what.acknowledge_every;
        return acknowledged{0};
      },
      [=](const finish&) { return summary(self->state); },
  };
}

} // namespace

caf::actor spawn_server(caf::actor_system& system) {
  return system.spawn(answer);
}

int serve(std::uint16_t port, const std::string& scheduler) {
  config settings;
  settings.name = "server";
  settings.listen = {"127.0.0.1", port};
  settings.log_level = "warn";
  settings.scheduler = scheduler;
  keep_freed_memory();
  auto node = node::open(settings);
  if (!node)
    return report_failure("messaging", node.failure());
  if (auto failed = node->announce(server_name, spawn_server(node->system())))
    return report_failure("messaging", failed);
  std::cout << "READY" << std::endl;
  return chorus::run(*node);
}

} // namespace chorus::bench
