#pragma once

#include <chorus/runtime/time.hpp>

#include <zmq.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace chorus {

/// What the I/O thread waits for in one turn, and who takes it from there.
class poll_set {
public:
  /// Takes what is there without waiting, and not more than its share of the turn: what is left is
  /// ready again in the next one.
  using handler = std::function<void()>;

  void clear();
  void add(zmq::socket_t& socket, short events, handler when_ready);
  void add(int descriptor, handler when_ready);

  /// Waits until something is ready, at most `limit`, and calls its handlers. A handler may close
  /// sockets of the set; whatever it owns must live until `wait` returns.
  void wait(std::optional<duration> limit);

private:
  std::vector<zmq_pollitem_t> items_;
  std::vector<handler> handlers_;
};

} // namespace chorus
