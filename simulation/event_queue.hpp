#pragma once

#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace chorus::simulation {

/// Everything that will happen, in the order in which it happens; the only source of time in a
/// simulation. Time stands still while an event runs and jumps to the next one afterwards.
///
/// Of several events of one moment the one that was added first happens first, so that a run depends on
/// its seed and on nothing else.
///
/// Limit: `limit` events wait at most (checked): a world in which every event makes two more would
/// otherwise end by filling the memory.
///
/// Thread rules: belongs to one thread.
class event_queue {
public:
  using action = std::function<void()>;

  static constexpr std::size_t limit = 4'000'000;

  time_point now() const noexcept { return now_; }

  /// `what` happens at `when`, or next if that moment has passed.
  void at(time_point when, action what);

  void after(duration delay, action what) { at(now_ + delay, std::move(what)); }

  bool empty() const noexcept { return waiting_.empty(); }

  /// The moment of the next event. Pre: not empty.
  time_point next() const { return waiting_.front().when; }

  /// Goes to the next event and lets it happen. Pre: not empty.
  void run_next();

  /// Lets time pass up to `when`. Pre: nothing happens before.
  void advance_to(time_point when);

  /// Events that have happened so far.
  std::uint64_t happened() const noexcept { return happened_; }

private:
  struct event {
    time_point when;
    std::uint64_t number;
    action what;
  };

  /// Puts the earliest event in front of a heap.
  struct later {
    bool operator()(const event& left, const event& right) const noexcept {
      return left.when != right.when ? left.when > right.when : left.number > right.number;
    }
  };

  time_point now_;
  std::uint64_t added_ = 0;
  std::uint64_t happened_ = 0;
  std::vector<event> waiting_; ///< a heap by `later`
};

} // namespace chorus::simulation
