#pragma once

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <cstddef>
#include <functional>

namespace chorus::caf17 {

/// Lets an actor handle a message in the thread that received it, when it is the only one that came: nobody
/// needs to be woken then. When several came, the scheduler's threads have the actors, so that the next
/// messages are received meanwhile.
///
/// Given to CAF as the execution unit of what it enqueues.
/// Thread rules: the I/O thread.
class io_thread_unit final : public caf::execution_unit {
public:
  /// As `transport::lend_thread`.
  using lend = std::function<bool(std::function<void(bool here)>)>;

  io_thread_unit(caf::actor_system& system, lend thread);

  /// A message is about to be handed to its actor.
  void count_message() noexcept { messages_.fetch_add(1, std::memory_order_relaxed); }

  /// An actor has something to do.
  void exec_later(caf::resumable* job) override;

private:
  /// The execution unit of an actor while it runs in the lent thread: what it makes runnable is the
  /// scheduler's. Without state, because two such threads may run at a time.
  class lent_unit final : public caf::execution_unit {
  public:
    explicit lent_unit(caf::actor_system& system) : execution_unit(&system) {}
    void exec_later(caf::resumable* job) override;
  };

  void run(caf::resumable* job);

  const lend lend_;
  lent_unit lent_;
  std::atomic<std::size_t> messages_ = 0;
  std::atomic<std::size_t> offered_ = 0; ///< how many there were when an actor was offered
};

} // namespace chorus::caf17
