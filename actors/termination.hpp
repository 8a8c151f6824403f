#pragma once

#include <chorus/runtime/transport/descriptor.hpp>

#include <functional>

namespace chorus {

/// An end that several may ask for and one waits for: the operating system by SIGTERM or SIGINT, or by SIGHUP
/// when the terminal is closed; another thread, the cluster that rejects the node.
///
/// Thread rules: `request` from any thread; `wait_for_signals` in one thread of the process at a time.
class termination {
public:
  /// Throws `std::system_error` if the system has no descriptors left.
  termination();

  /// Ends the wait, now or as soon as it begins.
  void request() noexcept;

  /// Waits for `request`, SIGTERM, SIGINT or SIGHUP; the handlers of the signals are restored afterwards.
  /// SIGHUP is left alone if it is ignored or handled already. `when_waiting` is called once the signals lead
  /// here.
  void wait_for_signals(const std::function<void()>& when_waiting);

private:
  const descriptor event_; ///< eventfd: readable once the end was asked for
};

} // namespace chorus
