#include "actor_thread.hpp"

#include <utility>

namespace chorus::caf17 {

namespace {

thread_local const caf::actor_system* here = nullptr;

} // namespace

bool is_actor_thread(const caf::actor_system& system) {
  return here == &system;
}

actor_thread::actor_thread(const caf::actor_system& system) : before_(std::exchange(here, &system)) {}

actor_thread::~actor_thread() {
  here = before_;
}

void actor_thread_hook::thread_started() {
  here = system_;
}

} // namespace chorus::caf17
