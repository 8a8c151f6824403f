#pragma once

#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/descriptor.hpp>

#include <zmq.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <sys/epoll.h>
#include <utility>
#include <vector>

namespace chorus {

/// What the I/O thread waits for, and who takes it from there.
///
/// ZeroMQ gives each socket a descriptor that stirs when something may have happened to it, and whoever uses
/// the socket for anything takes that sign away. So a socket is looked at when its descriptor has stirred,
/// and once more after it was used (`look_again`); all others cost nothing, however many there are.
///
/// Thread rules: the thread that turns the loop, and before that the one that sets it up.
class poll_set {
  struct entry;

public:
  /// Takes what is there without waiting, and not more than its share of the turn. True if it may have left
  /// something: then it is called in the next turn as well. It is also called when there is nothing.
  using handler = std::function<bool()>;

  /// A place in the set; ends before what is watched, and before the set. It may end, and others too, while
  /// its handler runs.
  class watch {
  public:
    watch() = default;
    ~watch() { end(); }
    watch(watch&& other) noexcept : set_(other.set_), what_(std::exchange(other.what_, nullptr)) {}
    watch& operator=(watch&& other) noexcept;

    /// Calls the handler in the next turn: the socket was used by somebody else than the handler.
    void look_again();

    void end();

  private:
    friend poll_set;
    watch(poll_set& set, entry& what) : set_(&set), what_(&what) {}

    poll_set* set_ = nullptr;
    entry* what_ = nullptr;
  };

  /// Throws `std::system_error` if the system has no descriptors left.
  poll_set();
  ~poll_set();
  poll_set(const poll_set&) = delete;
  poll_set& operator=(const poll_set&) = delete;

  /// Throws `std::system_error` if the system can watch no more.
  [[nodiscard]] watch add(zmq::socket_t& socket, handler when_stirred);
  [[nodiscard]] watch add(int descriptor, handler when_readable);

  /// Waits until something has stirred, at most `until`, and calls the handlers in the order in which they
  /// were added. Before `awake_until` this thread does not sleep: it asks again and again, and lets others
  /// run between. Gives the moment at which the waiting ended, before the handlers ran.
  time_point wait(std::optional<time_point> until, time_point awake_until = {});

private:
  int ask(std::span<epoll_event> events, int milliseconds) const;
  int wait_for(std::span<epoll_event> events, std::optional<time_point> until, time_point awake_until) const;
  void look_again(entry& what);
  void drop(entry& what);

  const descriptor epoll_;
  std::uint64_t last_serial_ = 0;
  std::vector<std::unique_ptr<entry>> entries_; ///< by serial
  std::vector<entry*> looked_at_again_;
  std::vector<entry*> ready_;
  std::vector<std::unique_ptr<entry>> dropped_; ///< until nothing of this turn can refer to them
};

} // namespace chorus
