#include "io_thread_unit.hpp"

#include "actor_thread.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace chorus::caf17 {

namespace {

/// One message, for the sake of which nobody was woken. More in the mailbox are the scheduler's.
constexpr std::size_t messages_at_once = 1;

} // namespace

io_thread_unit::io_thread_unit(caf::actor_system& system, lend thread)
    : execution_unit(&system), lend_(std::move(thread)), lent_(system) {}

void io_thread_unit::exec_later(caf::resumable* job) {
  auto work = [this, job](bool here) {
    auto is_alone = messages_.load(std::memory_order_relaxed) == offered_.load(std::memory_order_relaxed);
    if (here && is_alone)
      run(job);
    else
      lent_.exec_later(job);
  };
  if (lend_(work))
    offered_.store(messages_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  else
    lent_.exec_later(job);
}

void io_thread_unit::run(caf::resumable* job) {
  actor_thread mark{system()};
  switch (job->resume(&lent_, messages_at_once)) {
  case caf::resumable::resume_later:
    lent_.exec_later(job);
    break;
  case caf::resumable::awaiting_message:
  case caf::resumable::done:
  case caf::resumable::shutdown_execution_unit:
    caf::intrusive_ptr_release(job);
  }
}

void io_thread_unit::lent_unit::exec_later(caf::resumable* job) {
  system().scheduler().enqueue(job);
}

} // namespace chorus::caf17
