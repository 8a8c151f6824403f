#include "io_loop.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace chorus {

io_loop::io_loop(duration busy_poll)
    : busy_poll_(busy_poll), wakes_(descriptor::required(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))),
      watch_wakes_(sockets_.add(wakes_.number(), [this] {
        take_wakes();
        return false;
      })) {}

io_loop::~io_loop() {
  entry_->close();
}

bool io_loop::post(task what) {
  {
    std::lock_guard guard{mutex_};
    if (refusing_)
      return false;
    tasks_.push_back(std::move(what));
  }
  wake();
  return true;
}

void io_loop::wake() {
  // Should the other thread lead from here on, it begins with a turn.
  if (is_here()) {
    turns_again_.store(true, std::memory_order_relaxed);
    return;
  }
  if (woken_.exchange(true, std::memory_order_acq_rel))
    return;
  std::uint64_t one = 1;
  // Fails only if the counter is full, and then the loop wakes as well.
  [[maybe_unused]] auto written = write(wakes_.number(), &one, sizeof one);
}

std::function<void()> io_loop::waker() {
  return [this, entry = entry_] { entry->pass([this] { wake(); }); };
}

void io_loop::dispose(std::shared_ptr<void> thing) {
  disposed_.push_back(std::move(thing));
}

bool io_loop::lend(std::function<void(bool here)> work) {
  if (lent_ || !leadership_.may_lend())
    return false;
  lent_ = std::move(work);
  return true;
}

void io_loop::run(participant& links, bool leads) {
  if (leads)
    leadership_.begin();
  while (leads || leadership_.await_lead()) {
    if (turn_while_leading(links))
      return;
    leads = false;
  }
}

/// True at the end of the loop, false if the other thread leads on.
bool io_loop::turn_while_leading(participant& links) {
  auto began = steady_now();
  while (!quitting_) {
    turns_again_.store(false, std::memory_order_relaxed);
    run_tasks();
    timers_.run_due(steady_now());
    links.turn(steady_now());
    bury();
    if (quitting_)
      break;
    auto until = next_turn(links);
    links.turn_ended(steady_now() - began);
    began = sockets_.wait(until, awake_until_);
    bury();
    if (lent_) {
      auto lent_at = steady_now();
      if (!do_lent_work())
        return false;
      began += steady_now() - lent_at;
    }
  }
  if (lent_)
    std::exchange(lent_, nullptr)(false);
  cancel();
  return true;
}

/// False if the other thread leads now. Nothing of the loop may be touched then.
bool io_loop::do_lent_work() {
  auto work = std::exchange(lent_, nullptr);
  if (leadership_.may_lend()) {
    if (!leadership_.lend([&] { work(true); }))
      return false;
    awake_until_ = steady_now() + busy_poll_;
    return true;
  }
  work(false);
  return true;
}

void io_loop::cancel() {
  refuse_tasks();
  leadership_.end();
}

void io_loop::refuse_tasks() {
  std::vector<task> dropped;
  std::lock_guard guard{mutex_};
  refusing_ = true;
  dropped.swap(tasks_);
}

void io_loop::bury() {
  // What ends may dispose of more.
  while (!disposed_.empty())
    std::exchange(disposed_, {});
}

void io_loop::take_wakes() {
  std::uint64_t count = 0;
  [[maybe_unused]] auto taken = read(wakes_.number(), &count, sizeof count);
  // Cleared before anything is looked at: whatever comes later wakes again. An exchange, not a store,
  // so that what the last one to set it had left is seen.
  woken_.exchange(false, std::memory_order_acq_rel);
}

void io_loop::run_tasks() {
  std::vector<task> tasks;
  {
    std::lock_guard guard{mutex_};
    tasks.swap(tasks_);
  }
  for (auto& next : tasks)
    next();
}

std::optional<time_point> io_loop::next_turn(const participant& links) const {
  if (turns_again_.load(std::memory_order_relaxed))
    return time_point{}; // at once
  return earliest(timers_.next(), links.next_turn());
}

} // namespace chorus
