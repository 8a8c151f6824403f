#pragma once

#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/result.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace chorus {

/// What this node has consumed of one life's messages on one channel, and its link has not been told yet. All
/// relations with that life have the same one, because messages stay in mailboxes when a relation ends. Any
/// thread.
class consumption {
public:
  /// Gives what there was before.
  std::size_t add(std::size_t bytes) noexcept { return bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  std::size_t take() noexcept { return bytes() == 0 ? 0 : bytes_.exchange(0, std::memory_order_relaxed); }

private:
  std::atomic<std::size_t> bytes_{0};
};

/// The sending side of one channel of a link, for any thread: where actors leave messages for the I/O thread.
///
/// It holds at most `link::channel_config::send_buffer_bytes` (plus the reserve for `urgency::reserved`)
/// of messages that are queued here or in the link and not yet acknowledged. Messages are handed
/// over in batches: many senders wake the I/O thread once.
///
/// It is writable as long as at most half of its limit is held: who waits for that finds room for many
/// messages, and is not woken for each.
///
/// Thread rules: `send`, `consumed`, `is_closed`, `has_room`, `when_writable` from any thread; the rest
/// is the I/O thread's. `send` keeps the order of calls of one thread.
class outbox {
public:
  /// Reserved messages up to this size are notices (an actor has ended, a name is known, an answer is an
  /// error), whose loss would leave the other node wrong for ever. The last share of the reserve is kept
  /// for them, so that large answers cannot crowd them out.
  static constexpr std::size_t notice_bytes = 1024;
  static constexpr std::size_t notice_share = 16;

  /// `wake` tells the I/O thread that there is something; called from the sending thread, once for
  /// each batch, also after the end of the transport, because messages that nobody has read hold their
  /// outbox. `message_bytes` is the largest payload. Consumed bytes are no reason to wake until there are
  /// `consumed_share` of them; `consumed_here` is never null.
  outbox(
      std::size_t limit_bytes,
      std::size_t reserve_bytes,
      std::function<void()> wake,
      std::size_t message_bytes = limits::message_bytes,
      std::size_t consumed_share = 1,
      std::shared_ptr<consumption> consumed_here = std::make_shared<consumption>()
  );

  /// Takes the message or says why not: `overloaded` (try later), `too_large`, `node_down` (the link
  /// has ended). Nothing of a message that was not taken is ever sent.
  errc send(link::send message);

  /// The receiving actor is done with a delivered message of this cost.
  void consumed(std::size_t bytes);

  bool is_closed() const noexcept;

  /// Whether an ordinary message of that many bytes would be taken now; only a hint.
  bool has_room(std::size_t payload_bytes) const noexcept;

  /// Calls `told` once, when this is writable or closed (`is_closed` says which): at once in this thread
  /// if it is so already, else later in the I/O thread. Replaces what was asked before.
  void when_writable(std::function<void()> told);

  /// Messages and consumed bytes since the last call.
  struct batch {
    std::vector<link::send> messages;
    std::size_t consumed_bytes = 0;
  };
  batch take();

  /// Only the consumed bytes: whoever tells the peer something tells it all.
  std::size_t take_consumed() { return consumption_->take(); }

  /// As given to the constructor.
  const std::shared_ptr<consumption>& consumed_here() const noexcept { return consumption_; }

  /// What is left after `close`, in the order in which it was sent.
  std::vector<link::send> take_leftovers();

  /// Acknowledged or refused: room for others.
  void release(std::size_t bytes);

  /// From now on `send` answers `node_down`. What is still queued comes out of `take_leftovers`.
  void close();

private:
  void wake_once();
  void tell_writable();

  const std::size_t limit_bytes_;
  const std::size_t reserve_bytes_;
  const std::size_t message_bytes_;
  const std::size_t consumed_share_;
  const std::function<void()> wake_;
  const std::shared_ptr<consumption> consumption_;

  /// Of all messages taken and not yet released. Grows under the mutex, shrinks without it.
  std::atomic<std::size_t> held_bytes_{0};
  std::atomic<bool> awaited_{false}; ///< somebody waits until this is writable
  std::atomic<bool> woken_{false};   ///< the I/O thread knows and has not looked yet
  std::atomic<bool> closed_{false};

  std::mutex mutex_;
  std::vector<link::send> waiting_;
  std::function<void()> told_writable_; ///< while awaited
};

} // namespace chorus
