#pragma once

#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/time.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace chorus::simulation {

class node;

/// A process' view of its node's clock, with one alarm.
///
/// A later alarm does not take the earlier event out of the queue: when that happens, the timer looks at
/// what is armed by then. Most timers are moved all the time and rarely ring.
class timer final : public clock_seam {
public:
  /// Whoever outlives a timer keeps this: nothing once it has ended.
  using handle = std::shared_ptr<timer*>;

  timer(node& at, std::function<void()> wake);
  ~timer() override;

  time_point now() const override;
  void arm(std::optional<time_point> deadline) override;

  /// The clock runs differently now.
  void clock_changed();

  /// Whether the armed moment has come; then it rings, if its process has a turn.
  void look();

  const handle& self() const noexcept { return self_; }

private:
  void schedule();

  node& node_;
  std::function<void()> wake_;
  std::optional<time_point> deadline_;  ///< of the node's clock
  std::optional<time_point> scheduled_; ///< the true moment of the next look
  handle self_;
};

} // namespace chorus::simulation
