#include "leadership.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

namespace chorus {

bool leadership::is_mine() const {
  std::lock_guard guard{mutex_};
  return leader_ == std::this_thread::get_id();
}

void leadership::begin() {
  std::lock_guard guard{mutex_};
  leader_ = std::this_thread::get_id();
}

bool leadership::may_lend() const {
  std::lock_guard guard{mutex_};
  return has_deputy_;
}

bool leadership::lend(const std::function<void()>& work) {
  std::unique_lock guard{mutex_};
  is_lent_ = true;
  lent_at_ = steady_now();
  if (deputy_sleeps_)
    changed_.notify_all();
  guard.unlock();
  work();
  guard.lock();
  if (leader_ != std::this_thread::get_id())
    return false;
  is_lent_ = false;
  return true;
}

void leadership::end() {
  std::lock_guard guard{mutex_};
  ended_ = true;
  changed_.notify_all();
  over_.notify_all();
}

void leadership::await_end() {
  std::unique_lock guard{mutex_};
  CHORUS_CHECK(
      is_lent_ || leader_ != std::this_thread::get_id(), "the I/O thread cannot wait for its own end"
  );
  over_.wait(guard, [this] { return ended_; });
}

bool leadership::await_lead() {
  std::unique_lock guard{mutex_};
  has_deputy_ = true;
  while (!ended_) {
    auto now = steady_now();
    if (is_lent_ && now - lent_at_ >= patience_) {
      is_lent_ = false;
      has_deputy_ = false;
      leader_ = std::this_thread::get_id();
      return true;
    }
    deputy_sleeps_ = !is_lent_ && now - lent_at_ >= restless;
    if (deputy_sleeps_)
      changed_.wait(guard);
    else
      changed_.wait_for(guard, patience_);
    deputy_sleeps_ = false;
  }
  has_deputy_ = false;
  return false;
}

} // namespace chorus
