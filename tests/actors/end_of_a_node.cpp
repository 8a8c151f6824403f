#include "end_of_a_node.hpp"

#include "../../actors/caf17/lasting_system.hpp"

#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>

#include <chrono>
#include <thread>

namespace chorus {

using namespace std::chrono_literals;

node open_node(const std::function<void(config&)>& change) {
  config settings;
  settings.log_level = "warn";
  settings.quit_within = patience;
  if (change)
    change(settings);
  auto opened = node::open(std::move(settings));
  EXPECT_TRUE(opened) << to_string(opened.failure());
  return std::move(*opened);
}

void be_impatient(config& settings) {
  settings.drain_within = 50ms;
  settings.quit_within = 100ms;
}

caf::behavior worker() {
  return {[](int number) { return number; }};
}

caf::behavior stubborn(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return worker();
}

void log_end(const caf::actor& actor, event_log& log) {
  actor->attach_functor([&log](const caf::error& reason) {
    log.add(reason == caf::exit_reason::user_shutdown ? "quit" : to_string(reason));
  });
}

std::size_t nodes_in_memory() {
  caf17::lasting_system::reclaim();
  return caf17::lasting_system::count();
}

bool everything_is_reclaimed() {
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (nodes_in_memory() > 0)
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    else
      std::this_thread::yield();
  return true;
}

} // namespace chorus
