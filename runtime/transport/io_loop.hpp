#pragma once

#include "leadership.hpp"
#include "poll_set.hpp"
#include "timer_heap.hpp"

#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/descriptor.hpp>
#include <chorus/runtime/transport/gate.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace chorus {

/// The heart of the I/O thread: tasks of other threads, timers, ready links and sockets, turn by turn.
///
/// Two threads run it, one at a time: what users have to do with a message may be done in the thread that
/// received it (`lend`), and if it takes long the other thread turns the loop on.
///
/// Thread rules: `post` and `wake` from any thread, the rest from the thread that turns the loop.
class io_loop {
public:
  using task = std::function<void()>;

  /// Who does the work of a turn besides tasks, timers and sockets.
  class participant {
  public:
    virtual ~participant() = default;

    /// Does what is due at `now` and what other threads have left.
    virtual void turn(time_point now) = 0;

    /// When it wants its next turn, if nothing else happens.
    virtual std::optional<time_point> next_turn() const = 0;

    /// A turn has taken so long, from the end of one wait to the beginning of the next, without lent work.
    virtual void turn_ended(duration took) = 0;
  };

  /// After a piece of lent work the loop stays awake for `busy_poll`, because the next message comes soon
  /// then: an answer, or the next request.
  ///
  /// Throws `std::system_error` if the system has no descriptors left.
  explicit io_loop(duration busy_poll);
  ~io_loop();
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  /// Runs `what` in the loop, in the order of the calls. The queue has no limit: tasks come from the
  /// node's own few services at the pace of joins and failures, never for each message. False, and
  /// the task is dropped, once the loop has ended.
  bool post(task what);

  /// Makes the loop take a turn soon. Costs a system call only from another thread than the loop's, and
  /// only if no other wake is under way.
  void wake();

  /// What calls `wake`, and does nothing once the loop is destroyed: for threads that may outlive it.
  std::function<void()> waker();

  timer_heap& timers() noexcept { return timers_; }

  /// What the loop waits for.
  poll_set& sockets() noexcept { return sockets_; }

  /// Keeps `thing` alive until nothing of this turn can refer to it any more: whoever is called by the
  /// loop may end anything, itself included.
  void dispose(std::shared_ptr<void> thing);

  /// Does `work(true)` in this thread after the sockets were looked at; another one turns the loop on if that
  /// takes long. Or gives it back by `work(false)`, if nobody could. At most one piece in a turn: false, and
  /// the caller keeps it, if there is one already or nobody could turn the loop.
  [[nodiscard]] bool lend(std::function<void(bool here)> work);

  /// Runs turns until `quit` was called, if `leads` from the start, else from when the other thread is
  /// held up. Everything posted after the end is refused. Called by two threads, one of which leads.
  void run(participant& links, bool leads);

  /// Whether the calling thread turns the loop.
  bool is_here() const { return leadership_.is_mine(); }

  void quit() noexcept { quitting_ = true; }

  /// Waits until the loop has ended: then only lent work may still run in one of its threads. Any thread that
  /// does not turn the loop.
  void await_end() { leadership_.await_end(); }

  /// Ends a loop that no thread turns: tasks are refused from now on, and those that never ran are dropped.
  void cancel();

private:
  bool turn_while_leading(participant& links);
  bool do_lent_work();
  void refuse_tasks();
  void bury();
  void take_wakes();
  void run_tasks();
  std::optional<time_point> next_turn(const participant& links) const;

  const duration busy_poll_;
  const std::shared_ptr<gate> entry_ = std::make_shared<gate>(); ///< of wakers
  const descriptor wakes_;                                       ///< an eventfd
  std::atomic<bool> woken_{false};
  std::atomic<bool> turns_again_{false}; ///< the loop's own thread has left something for the next turn
  bool quitting_ = false;
  leadership leadership_;
  std::function<void(bool)> lent_;
  time_point awake_until_{};
  timer_heap timers_;
  poll_set sockets_;
  poll_set::watch watch_wakes_;
  std::vector<std::shared_ptr<void>> disposed_;

  std::mutex mutex_;
  std::vector<task> tasks_;
  bool refusing_ = false;
};

} // namespace chorus
