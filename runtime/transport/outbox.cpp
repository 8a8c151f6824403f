#include <chorus/runtime/transport/outbox.hpp>

#include <utility>

namespace chorus {

outbox::outbox(
    std::size_t limit_bytes,
    std::size_t reserve_bytes,
    std::function<void()> wake,
    std::size_t message_bytes,
    std::size_t consumed_share,
    std::shared_ptr<consumption> consumed_here
)
    : limit_bytes_(limit_bytes), reserve_bytes_(reserve_bytes), message_bytes_(message_bytes),
      consumed_share_(consumed_share), wake_(std::move(wake)), consumption_(std::move(consumed_here)) {}

errc outbox::send(link::send message) {
  if (message.payload.size() > message_bytes_)
    return errc::too_large;
  auto cost = message.payload.size() + link::message_overhead;
  auto allowed = limit_bytes_;
  if (message.how == link::urgency::reserved)
    allowed += message.payload.size() > notice_bytes ? reserve_bytes_ - reserve_bytes_ / notice_share
                                                     : reserve_bytes_;
  {
    std::lock_guard guard{mutex_};
    if (closed_.load(std::memory_order_relaxed))
      return errc::node_down;
    if (held_bytes_.load(std::memory_order_relaxed) + cost > allowed)
      return errc::overloaded;
    held_bytes_.fetch_add(cost, std::memory_order_relaxed);
    waiting_.push_back(std::move(message));
  }
  wake_once();
  return errc::none;
}

void outbox::consumed(std::size_t bytes) {
  auto before = consumption_->add(bytes);
  auto is_due = before < consumed_share_ && before + bytes >= consumed_share_;
  if (!is_due)
    return;
  if (is_closed())
    wake_(); // of a relation that is over: the link of the next one takes it, and not from here
  else
    wake_once();
}

bool outbox::is_closed() const noexcept {
  return closed_.load(std::memory_order_relaxed);
}

bool outbox::has_room(std::size_t payload_bytes) const noexcept {
  auto held = held_bytes_.load(std::memory_order_relaxed);
  return !is_closed() && held + payload_bytes + link::message_overhead <= limit_bytes_;
}

/// Writes `awaited_`, then reads `held_bytes_`; `release` writes and reads them the other way round. In the
/// one order that all these accesses have, one of the two sees the other's, so that no wake-up is lost.
void outbox::when_writable(std::function<void()> told) {
  {
    std::lock_guard guard{mutex_};
    told_writable_.swap(told);
    awaited_ = true;
    if (!is_closed() && held_bytes_ > limit_bytes_ / 2)
      return;
  }
  tell_writable();
}

outbox::batch outbox::take() {
  batch taken;
  // Cleared before looking: whatever comes later wakes again.
  auto was_woken = woken_.exchange(false, std::memory_order_acq_rel);
  if (was_woken || consumption_->bytes() >= consumed_share_)
    taken.consumed_bytes = take_consumed();
  if (!was_woken)
    return taken;
  std::lock_guard guard{mutex_};
  taken.messages.swap(waiting_);
  return taken;
}

std::vector<link::send> outbox::take_leftovers() {
  std::lock_guard guard{mutex_};
  return std::exchange(waiting_, {});
}

void outbox::release(std::size_t bytes) {
  auto held = held_bytes_.fetch_sub(bytes) - bytes;
  if (awaited_ && held <= limit_bytes_ / 2)
    tell_writable();
}

void outbox::close() {
  {
    std::lock_guard guard{mutex_};
    closed_.store(true, std::memory_order_relaxed);
  }
  tell_writable();
}

void outbox::tell_writable() {
  std::function<void()> told;
  {
    std::lock_guard guard{mutex_};
    awaited_ = false;
    told.swap(told_writable_);
  }
  if (told)
    told();
}

void outbox::wake_once() {
  if (!woken_.exchange(true, std::memory_order_acq_rel))
    wake_();
}

} // namespace chorus
