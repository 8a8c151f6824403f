#pragma once

#include "host.hpp"

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chorus {

/// Looks names up without holding up the I/O thread: the system's resolver blocks, so a thread of its
/// own waits for it. (ZeroMQ resolves by itself, but uses only one address of a name and keeps it.)
///
/// Thread rules: `resolve` and the destructor belong to one thread; answers come through `post`.
class resolver {
public:
  using answer = std::function<void(result<std::vector<std::string>>)>;
  using post_function = std::function<void(std::function<void()>)>;
  using look_up_function = std::function<result<std::vector<std::string>>(const std::string& host)>;

  /// Names that wait for the thread. One is asked for each peer and seed at a time, so this is several
  /// times what a cluster whose connections are all open needs; beyond it something is wrong with the name
  /// service, and those who ask try again anyway.
  static constexpr std::size_t waiting_limit = 256;

  /// `post` runs a task in the owner's thread; it is called from both threads, for as long as the
  /// resolver lives. `ask` asks the system, and blocks.
  explicit resolver(post_function post, look_up_function ask = look_up);

  /// No answer is posted any more. Does not wait for a look-up that is under way: the system offers no
  /// way to cancel it, so its thread is left to end by itself.
  ~resolver();

  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Calls `done` through `post` with all addresses of `host` in digits, or the error. A numeric host
  /// is answered through `post` as well, without the thread.
  void resolve(std::string host, answer done);

private:
  struct shared_state;
  error make_ready();
  std::shared_ptr<shared_state> state_;
};

} // namespace chorus
