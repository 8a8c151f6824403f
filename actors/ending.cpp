#include "ending.hpp"

#include "caf17/actor_thread.hpp"
#include "caf17/lasting_system.hpp"
#include "node_services.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace chorus {

namespace {

using clock = std::chrono::steady_clock;

/// Actors that the log names, of those that hold up the end.
constexpr std::size_t actors_named = 8;

/// How often it is looked whether the actors are idle.
constexpr duration look_every = std::chrono::milliseconds{2};

double in_seconds(duration time) {
  return std::chrono::duration<double>{time}.count();
}

void name(const std::vector<caf::strong_actor_ptr>& actors, spdlog::logger& log) {
  for (std::size_t place = 0; place < std::min(actors.size(), actors_named); ++place)
    log.warn("  {}", caf17::describe(actors[place]));
  if (actors.size() > actors_named)
    log.warn("  and {} more", actors.size() - actors_named);
}

void ask_to_quit(const std::vector<caf::strong_actor_ptr>& actors, caf::exit_reason reason) {
  for (auto& actor : actors)
    caf::anon_send_exit(actor, reason);
}

/// Returns whether all have ended.
bool await_end_of_all(caf17::living_actors& actors, caf::exit_reason reason, duration within) {
  auto deadline = clock::now() + within;
  while (!actors.await_end(deadline)) {
    if (clock::now() >= deadline)
      return false;
    ask_to_quit(actors.take_new(), reason);
  }
  return true;
}

} // namespace

void drain(
    caf17::living_actors& actors,
    const std::function<bool()>& is_waiting,
    duration within,
    spdlog::logger& log
) {
  auto deadline = clock::now() + within;
  // Twice in a row: what one actor has sent before it went idle may have woken one that was seen before.
  for (int calm = 0; calm < 2;) {
    calm = actors.are_idle() && !is_waiting() ? calm + 1 : 0;
    if (calm == 2)
      return;
    if (clock::now() >= deadline)
      break;
    std::this_thread::sleep_for(calm == 0 ? look_every : duration{});
  }
  auto busy = actors.busy(actors_named);
  if (!busy.empty())
    log.warn("leaving although actors are still at work after {} s (drain_within):", in_seconds(within));
  else if (is_waiting())
    log.warn(
        "leaving although other nodes have not answered all requests after {} s (drain_within)",
        in_seconds(within)
    );
  name(busy, log);
}

bool end_actors(
    caf17::living_actors& actors, duration quit_within, duration killed_within, spdlog::logger& log
) {
  ask_to_quit(actors.take_new(), caf::exit_reason::user_shutdown);
  if (await_end_of_all(actors, caf::exit_reason::user_shutdown, quit_within))
    return true;
  ask_to_quit(actors.all(), caf::exit_reason::kill);
  if (await_end_of_all(actors, caf::exit_reason::kill, killed_within))
    return true;
  auto left = actors.all();
  log.warn(
      "{} not ended {} s after being asked to quit (quit_within); left behind until the process ends:",
      left.size() == 1 ? "1 actor has" : std::to_string(left.size()) + " actors have",
      in_seconds(quit_within)
  );
  name(left, log);
  log.flush();
  return false;
}

void end_node(std::shared_ptr<node_services> node) {
  struct work {
    std::shared_ptr<node_services> node;
    std::promise<bool> actors_end;
    std::promise<void> threads_end;
  };
  auto is_here = caf17::is_actor_thread(node->system());
  if (!is_here)
    node->stop();
  auto rest = std::make_shared<work>(work{std::move(node), {}, {}});
  auto actors_have_ended = rest->actors_end.get_future();
  auto threads_have_ended = rest->threads_end.get_future();
  std::thread thread{[rest] {
    rest->node->stop();
    rest->actors_end.set_value(rest->node->end_actors());
    rest->node->end_threads();
    rest->node = nullptr;
    caf17::lasting_system::reclaim();
    rest->threads_end.set_value();
  }};
  if (is_here)
    return thread.detach();
  auto patience = actors_have_ended.get() ? threads_end_within : held_threads_end_within;
  if (threads_have_ended.wait_for(patience) != std::future_status::ready)
    return thread.detach();
  thread.join();
}

} // namespace chorus
