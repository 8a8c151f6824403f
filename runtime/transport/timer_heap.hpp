#pragma once

#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace chorus {

/// The deadlines of many timers in one binary heap. To arm, to move and to cancel a timer takes O(log n); the
/// next deadline is known at once.
///
/// Timers that are due at the same moment run in the order in which they were armed.
///
/// Thread rules: none of its own; heap and timers belong to one thread at a time.
class timer_heap {
  struct item;

public:
  using task = std::function<void()>;

  /// Has at most one deadline. Its end cancels it. Must end before its heap.
  class timer {
  public:
    timer() noexcept;
    timer(timer_heap& heap, task when_due);
    ~timer();
    timer(timer&& other) noexcept;
    timer& operator=(timer&& other) noexcept;

    /// Calls the task once from `run_due`, at `deadline` or later. Replaces the deadline that there was;
    /// nothing cancels it. Pre: made with a heap.
    void arm(std::optional<time_point> deadline);
    void cancel() { arm(std::nullopt); }

    /// Nothing if it is not armed, or its task has begun.
    std::optional<time_point> deadline() const noexcept;

  private:
    void end() noexcept;

    timer_heap* heap_ = nullptr;
    std::unique_ptr<item> item_;
  };

  timer_heap();
  ~timer_heap();
  timer_heap(const timer_heap&) = delete;
  timer_heap& operator=(const timer_heap&) = delete;

  std::optional<time_point> next() const;

  /// Runs the tasks that are due, in the order of their deadlines. A task may arm, cancel and end any timer,
  /// its own included. What is armed meanwhile is left for the next call, even if it is due already: a timer
  /// that is always late cannot hold up everything else. Not from within a task.
  void run_due(time_point now);

private:
  /// The deadline stands beside the pointer, so that comparing touches no item.
  struct entry {
    time_point deadline;
    std::uint64_t serial = 0; ///< of the arming
    item* owner = nullptr;

    bool operator<(const entry& other) const noexcept {
      return deadline != other.deadline ? deadline < other.deadline : serial < other.serial;
    }
  };

  void arm(item& which, std::optional<time_point> deadline);
  void forget(item& which) noexcept;
  void remove(std::size_t index) noexcept;
  void place(std::size_t index, const entry& moved) noexcept;
  void sift(std::size_t index, const entry& moved) noexcept;

  std::vector<entry> heap_;
  std::uint64_t last_serial_ = 0;
  std::vector<item*> due_; ///< of the call of `run_due` that is under way; null for what was taken back
  item* running_ = nullptr;
};

} // namespace chorus
