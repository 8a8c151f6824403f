#pragma once

#include <chorus/runtime/ids.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace chorus {

/// The links that have something to do. The I/O thread takes the list in each turn and looks at these links
/// only, so a quiet link costs nothing.
///
/// A link is listed by its place, which is made once and shared by everybody who may have something for the
/// link: its outboxes, its timer, the transport. A link is at most once on the list. Listing it allocates
/// nothing once the list has grown to its usual size.
///
/// A place names the life of a peer and refers to no link. So it may be listed after the link's end, which
/// happens because unread messages hold the outbox: whoever takes the list looks whether there is a link to
/// that life now.
///
/// Thread rules: `add` from any thread, also after `close`. The rest is the I/O thread's.
class ready_list {
public:
  class place {
  public:
    explicit place(const peer& owner) : owner_(owner) {}

    /// The other end of the link.
    const peer& owner() const noexcept { return owner_; }

  private:
    friend ready_list;
    const peer owner_;
    bool is_listed_ = false; ///< guarded by the list's mutex
  };

  /// `wake` makes the I/O thread take a turn. It is called without a lock, by the thread that calls `add`.
  explicit ready_list(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// Lists the link, and wakes the I/O thread, unless it is listed already. After `close` a no-op.
  void add(const std::shared_ptr<place>& link);

  /// Takes all links off the list, in the order in which they were listed. What is listed from now on is on
  /// the next list. The result is valid until the next call.
  std::span<const std::shared_ptr<place>> take();

  /// Forgets all links and lists none any more.
  void close();

private:
  const std::function<void()> wake_;
  std::vector<std::shared_ptr<place>> taken_; ///< the I/O thread's

  std::mutex mutex_;
  std::vector<std::shared_ptr<place>> listed_;
  bool is_closed_ = false;
};

} // namespace chorus
