#include "proxy_kind.hpp"

#include "remote_actor.hpp"

#include <atomic>

namespace chorus::caf17 {

namespace {

remote_actor& content_of(const caf::strong_actor_ptr& actor) {
  return *static_cast<remote_actor*>(actor->get());
}

} // namespace

bool proxy_kind::is_unused(const handle& proxy) {
  auto& handles = proxy->strong_refs;
  auto& addresses = proxy->weak_refs; // all handles together count as one
  if (handles.load(std::memory_order_acquire) != 1 || addresses.load(std::memory_order_acquire) != 1)
    return false;
  // The two were not read at one moment: an address may have become a handle in between. While there is no
  // handle at all, none can be made of an address, and so there are no others if there is no address.
  std::size_t only_ours = 1;
  if (!handles.compare_exchange_strong(only_ours, 0, std::memory_order_acq_rel))
    return false;
  auto unused = addresses.load(std::memory_order_acquire) == 1 && !content_of(proxy).is_watched();
  handles.store(1, std::memory_order_release);
  return unused;
}

/// What watches hold is an address of what they watch; a proxy without any others is not looked at.
std::size_t proxy_kind::drop_watches(const handle& proxy) {
  auto has_watches = proxy->weak_refs.load(std::memory_order_acquire) > 1;
  return has_watches ? content_of(proxy).drop_watches_of_nobody() : 0;
}

std::uint64_t proxy_kind::returned(const handle& proxy) {
  return content_of(proxy).returned();
}

void proxy_kind::take_back_returned(const handle& proxy) {
  content_of(proxy).take_back_returned();
}

bool is_last_handle(const caf::strong_actor_ptr& actor) noexcept {
  return actor->strong_refs.load(std::memory_order_acquire) == 1;
}

} // namespace chorus::caf17
