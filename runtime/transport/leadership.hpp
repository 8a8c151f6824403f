#pragma once

#include <chorus/runtime/time.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace chorus {

/// Which of two threads turns the I/O loop: the leader. It may lend itself to a piece of somebody else's
/// work; when that takes long, the deputy leads on, and who comes back from the work is the deputy then.
/// (Leader/Followers: Schmidt, O'Ryan, Kircher, Pyarali and Buschmann, PLoP 2000, with one follower.)
///
/// Handing on the lead orders memory: what the old leader did before it lent itself, the new one sees.
class leadership {
public:
  /// Work may hold up the loop for so long, and for as long again until the deputy looks.
  static constexpr duration usual_patience = std::chrono::milliseconds{1};

  /// The deputy goes to sleep when nothing was lent for so long. Until then it looks by the clock, because
  /// waking it for each piece of work would cost more than most of them.
  static constexpr duration restless = std::chrono::milliseconds{50};

  explicit leadership(duration patience = usual_patience) : patience_(patience) {}

  /// Whether the calling thread leads. Any thread.
  bool is_mine() const;

  // -- the leader's thread ------------------------------------------------------------------------

  /// This thread leads, as the first one.
  void begin();

  /// Whether there is a deputy to go on, if work takes long.
  bool may_lend() const;

  /// Does the work. False if the deputy has taken the lead meanwhile: the caller is to `await_lead`.
  [[nodiscard]] bool lend(const std::function<void()>& work);

  /// The loop has ended.
  void end();

  // -- any thread ---------------------------------------------------------------------------------

  /// Waits until the loop has ended; lent work may still be under way then. Pre: the calling thread does not
  /// lead, or has lent itself and has a deputy.
  void await_end();

  // -- the deputy's -------------------------------------------------------------------------------

  /// Waits until this thread is to lead. False if the loop has ended.
  [[nodiscard]] bool await_lead();

private:
  const duration patience_;
  mutable std::mutex mutex_;
  std::condition_variable changed_; ///< for the deputy
  std::condition_variable over_;
  bool ended_ = false;
  bool has_deputy_ = false;
  bool deputy_sleeps_ = false;
  bool is_lent_ = false;
  time_point lent_at_;
  std::thread::id leader_; ///< none before the beginning
};

} // namespace chorus
