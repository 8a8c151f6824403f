#include "senders.hpp"

#include "messages.hpp"
#include "results.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/flow.hpp>

#include <caf/deep_to_string.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::bench {

namespace {

using clock = std::chrono::steady_clock;
using go_on_atom = caf::atom_constant<caf::atom("go on")>;

/// Requests of the first moments find cold caches and a young connection.
constexpr std::chrono::milliseconds warm_up{300};

/// Records between two looks at the clock and the mailbox.
constexpr std::uint64_t burst = 1000;

/// For what is under way when the sending ends.
constexpr std::chrono::seconds patience{30};

// -- one request at a time ----------------------------------------------------------------------------

struct ping_pong_state {
  assignment task;
  std::string text;
  clock::time_point begin;
  std::optional<clock::time_point> first; ///< the first request after the warm-up
  std::vector<std::uint32_t> latencies;
};

using ping_pong = caf::stateful_actor<ping_pong_state>;

void ask_next(ping_pong* self) {
  auto& state = self->state;
  auto asked = clock::now();
  if (asked >= state.begin + state.task.what.length) {
    auto elapsed = state.first ? asked - *state.first : duration{1};
    self->send(state.task.listener, outcome{state.latencies.size(), elapsed, std::move(state.latencies)});
    return self->quit();
  }
  self->request(state.task.server, caf::infinite, question{{0, state.text}}).then([=](const record&) {
    if (asked >= self->state.begin + warm_up) {
      if (!self->state.first)
        self->state.first = asked;
      self->state.latencies.push_back(static_cast<std::uint32_t>((clock::now() - asked).count()));
    }
    ask_next(self);
  });
}

void start_ping_pong(ping_pong* self, const assignment& task) {
  self->state.task = task;
  self->state.text.assign(task.what.text_bytes, 'x');
  self->state.begin = clock::now();
  ask_next(self);
}

// -- many requests at a time --------------------------------------------------------------------------

struct pipeline_state {
  assignment task;
  std::string text;
  clock::time_point begin;
  std::int64_t asked = 0;
  std::int64_t answered = 0;
};

using pipeline = caf::stateful_actor<pipeline_state>;

void ask_another(pipeline* self) {
  auto& state = self->state;
  self->request(
          state.task.server, caf::infinite, question{{state.asked++, state.text}}
  ).then([=](const record&) {
    ++self->state.answered;
    auto elapsed = clock::now() - self->state.begin;
    if (elapsed < self->state.task.what.length)
      return ask_another(self);
    if (self->state.answered < self->state.asked)
      return;
    self->send(
        self->state.task.listener, outcome{static_cast<std::uint64_t>(self->state.answered), elapsed, {}}
    );
    self->quit();
  });
}

void start_pipeline(pipeline* self, const assignment& task) {
  self->state.task = task;
  self->state.text.assign(task.what.text_bytes, 'x');
  self->state.begin = clock::now();
  for (std::uint64_t i = 0; i < task.what.window; ++i)
    ask_another(self);
}

// -- no answers ---------------------------------------------------------------------------------------

struct one_way_state {
  assignment task;
  std::string text;
  clock::time_point end;
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t dead_letters = 0; ///< seen so far
  bool waits = false;             ///< for room in the window
};

using one_way = caf::stateful_actor<one_way_state>;

/// Until the link takes the request: after a sender without a window it may be full.
void ask_for_tally(one_way* self) {
  auto take = [=](const tally& seen) {
    auto lost = self->state.sent - std::min(self->state.sent, seen.count);
    self->send(
        self->state.task.listener,
        outcome{seen.count, std::chrono::nanoseconds{seen.nanoseconds}, {}, lost, seen.misplaced}
    );
    self->quit();
  };
  auto try_again = [=](const caf::error& reason) {
    if (reason != errc::overloaded)
      return self->quit(reason);
    self->state.task.when_writable(self);
  };
  self->request(self->state.task.server, caf::infinite, finish{}).then(take, try_again);
}

/// Whether the link has refused records since the last call.
bool meets_resistance(one_way_state& state) {
  auto before = std::exchange(state.dead_letters, state.task.dead_letters());
  return state.dead_letters != before;
}

void send_burst(one_way* self) {
  auto& state = self->state;
  if (clock::now() >= state.end)
    return ask_for_tally(self);
  auto window = state.task.what.window;
  for (std::uint64_t i = 0; i < burst; ++i) {
    if (window != 0 && state.sent - state.acknowledged >= window) {
      state.waits = true;
      return;
    }
    self->send(state.task.server, record{static_cast<std::int64_t>(state.sent++), state.text});
  }
  if (window == 0 && meets_resistance(state))
    state.task.when_writable(self);
  else
    self->send(self, go_on_atom::value);
}

caf::behavior start_one_way(one_way* self, const assignment& task) {
  self->state.task = task;
  self->state.text.assign(task.what.text_bytes, 'x');
  self->request(task.server, caf::infinite, begin{task.what.window / 10}).then([=](const acknowledged&) {
    self->state.end = clock::now() + task.what.length;
    send_burst(self);
  });
  return {
      [=](go_on_atom) { send_burst(self); },
      [=](const writable& told) {
        if (told.reason)
          return self->quit(to_caf(told.reason));
        send_burst(self);
      },
      [](const undelivered&) {}, // the node counts them
      [=](const acknowledged& by_server) {
        self->state.acknowledged = by_server.count;
        if (std::exchange(self->state.waits, false))
          send_burst(self);
      },
  };
}

} // namespace

caf::actor spawn_sender(caf::actor_system& system, const assignment& task) {
  switch (task.what.how) {
  case pattern::ping_pong:
    return system.spawn(start_ping_pong, task);
  case pattern::pipeline:
    return system.spawn(start_pipeline, task);
  case pattern::one_way:
    break;
  }
  return system.spawn(start_one_way, task);
}

result<outcome> run(caf::actor_system& system, assignment task) {
  caf::scoped_actor self{system};
  task.listener = self;
  auto sender = spawn_sender(system, task);
  self->monitor(sender);
  result<outcome> seen = error{errc::unavailable, "the test has not ended in time"};
  self->receive(
      [&](outcome& complete) { seen = std::move(complete); },
      [&](const caf::down_msg& down) {
        seen = error{errc::unavailable, "the sender ended: " + system.render(down.reason)};
      },
      caf::after(task.what.length + patience) >> [] {}
  );
  return seen;
}

} // namespace chorus::bench
