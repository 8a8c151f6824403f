#pragma once

#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace chorus {

/// What is to happen at which moment: one task for each key, in the order of their moments.
///
/// Thread rules: none; the I/O thread owns it.
class timers {
public:
  using task = std::function<void()>;

  /// Calls `what` once from `run_due` at `when` or later. Replaces what the key had; no time takes it
  /// away.
  void arm(std::uint64_t key, std::optional<time_point> when, task what);

  std::optional<time_point> next() const;

  /// Runs what is due. What a task arms anew is left for the next call, even if it is due already,
  /// so that a timer that is always late cannot hold up the sockets.
  void run_due(time_point now);

private:
  struct armed {
    time_point when;
    task what;
  };

  std::map<std::uint64_t, armed> by_key_;
  std::set<std::pair<time_point, std::uint64_t>> by_time_;
};

} // namespace chorus
