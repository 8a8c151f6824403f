#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/scope_guard.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/policy/work_stealing.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <utility>

namespace chorus::caf17 {

/// A clock that forgets everything it is told.
class silent_clock final : public caf::detail::thread_safe_actor_clock {
public:
  void set_ordinary_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {}
  void set_request_timeout(time_point, caf::abstract_actor*, caf::message_id) override {}
  void set_multi_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {}
  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {}
  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override {}
  void cancel_timeouts(caf::abstract_actor*) override {}
  void schedule_message(time_point, caf::strong_actor_ptr, caf::mailbox_element_ptr) override {}
  void schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) override {}
  void cancel_all() override {}
};

/// CAF's scheduler, which may be used after it was stopped: an actor that has something to do then ends, so a
/// handle that outlives the scheduler fills no mailbox. CAF's own keeps such actors for ever, and its clock
/// blocks whoever ends the 64th one.
///
/// Thread rules: `stop` once, from a thread that runs no actor of the system; more calls do nothing.
template <class Policy>
class stoppable_scheduler final : public caf::scheduler::coordinator<Policy> {
public:
  using coordinator = caf::scheduler::coordinator<Policy>;
  using coordinator::coordinator;

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new stoppable_scheduler(system);
  }

  /// Waits for handlers that run, for ever if need be.
  void stop() override {
    if (stopping_.exchange(true))
      return;
    coordinator::stop();
    stopped_ = true;
    end_queued();
  }

  /// Either this sees that the scheduler was stopped, or `stop` sees the job.
  void enqueue(caf::resumable* job) override {
    coordinator::enqueue(job);
    if (stopped_)
      end_queued();
  }

  caf::detail::thread_safe_actor_clock& clock() noexcept override {
    return stopping_ ? silent_clock_ : coordinator::clock();
  }

private:
  static void end(caf::resumable* job) {
    if (job->subtype() == caf::resumable::scheduled_actor) {
      auto actor = static_cast<caf::scheduled_actor*>(job);
      if (!actor->getf(caf::abstract_actor::is_cleaned_up_flag)) {
        actor->context(actor->home_system().dummy_execution_unit()); // its own is of a thread that has ended
        actor->on_exit();
        actor->cleanup(caf::make_error(caf::exit_reason::user_shutdown), nullptr);
      }
    }
    caf::intrusive_ptr_release(job);
  }

  static caf::resumable* take(caf::scheduler::coordinator<caf::policy::work_sharing>& from) {
    auto& waiting = from.data();
    std::lock_guard guard{waiting.lock};
    if (waiting.queue.empty())
      return nullptr;
    auto job = waiting.queue.front();
    waiting.queue.pop_front();
    return job;
  }

  static caf::resumable* take(caf::scheduler::coordinator<caf::policy::work_stealing>& from) {
    for (std::size_t number = 0; number < from.num_workers(); ++number)
      if (auto job = from.worker_by_id(number)->data().queue.take_head())
        return job;
    return nullptr;
  }

  /// The end of an actor may wake others, which call this from within. They are left to the loop, or a chain
  /// of them would need a stack as deep.
  void end_queued() {
    static thread_local const stoppable_scheduler* ends_here = nullptr;
    if (ends_here == this)
      return;
    auto before = std::exchange(ends_here, this);
    auto restore = caf::detail::make_scope_guard([&] { ends_here = before; });
    while (auto job = take(*this))
      end(job);
  }

  std::atomic<bool> stopping_ = false;
  std::atomic<bool> stopped_ = false;
  silent_clock silent_clock_;
};

} // namespace chorus::caf17
