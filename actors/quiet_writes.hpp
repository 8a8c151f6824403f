#pragma once

#include <csignal>

namespace chorus {

/// While it lives, a failed write of this thread is an error and nothing else: SIGPIPE (nobody reads any
/// more) and SIGXFSZ (the file would pass RLIMIT_FSIZE), which end a process by default, are blocked for this
/// thread. The system sends both to the thread that writes, so the dispositions that the application has
/// chosen are left alone, and other threads notice nothing. A signal that was raised meanwhile is consumed;
/// one that was pending before stays pending.
///
/// Thread rules: begins and ends in one thread, in which no other write may rely on these signals meanwhile.
class quiet_writes {
public:
  quiet_writes() noexcept;
  ~quiet_writes();
  quiet_writes(const quiet_writes&) = delete;
  quiet_writes& operator=(const quiet_writes&) = delete;

private:
  sigset_t ours_;   ///< those of the two that were not pending before
  sigset_t before_; ///< this thread's mask
};

} // namespace chorus
