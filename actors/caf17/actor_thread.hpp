#pragma once

#include <caf/actor_system.hpp>
#include <caf/thread_hook.hpp>

namespace chorus::caf17 {

/// Whether the calling thread runs actors of `system`, or one of them now: it must not wait for their end.
bool is_actor_thread(const caf::actor_system& system);

/// The calling thread runs an actor of `system` as long as this object is there.
class actor_thread {
public:
  explicit actor_thread(const caf::actor_system& system);
  ~actor_thread();
  actor_thread(const actor_thread&) = delete;
  actor_thread& operator=(const actor_thread&) = delete;

private:
  const caf::actor_system* const before_;
};

/// Marks the threads that CAF starts for a system: those of its scheduler, of its clock, and of detached and
/// blocking actors.
class actor_thread_hook final : public caf::thread_hook {
public:
  void init(caf::actor_system& system) override { system_ = &system; }
  void thread_started() override;
  void thread_terminates() override {}

private:
  const caf::actor_system* system_ = nullptr;
};

} // namespace chorus::caf17
