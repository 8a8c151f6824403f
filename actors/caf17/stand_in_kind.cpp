#include "stand_in_kind.hpp"

#include "remote_actor.hpp"

#include <atomic>

namespace chorus::caf17 {

namespace {

remote_actor& content_of(const caf::strong_actor_ptr& actor) {
  return *static_cast<remote_actor*>(actor->get());
}

} // namespace

bool stand_in_kind::is_unused(const handle& stand_in) {
  auto& handles = stand_in->strong_refs;
  auto& addresses = stand_in->weak_refs; // all handles together count as one
  if (handles.load(std::memory_order_acquire) != 1 || addresses.load(std::memory_order_acquire) != 1)
    return false;
  // The two were not read at one moment: an address may have become a handle in between. While there is no
  // handle at all, none can be made of an address, and so there are no others if there is no address.
  std::size_t only_ours = 1;
  if (!handles.compare_exchange_strong(only_ours, 0, std::memory_order_acq_rel))
    return false;
  auto unused = addresses.load(std::memory_order_acquire) == 1 && !content_of(stand_in).is_watched();
  handles.store(1, std::memory_order_release);
  return unused;
}

/// What watches hold is an address of what they watch; a stand-in without any others is not looked at.
std::size_t stand_in_kind::drop_watches(const handle& stand_in) {
  auto has_watches = stand_in->weak_refs.load(std::memory_order_acquire) > 1;
  return has_watches ? content_of(stand_in).drop_watches_of_nobody() : 0;
}

std::uint64_t stand_in_kind::returned(const handle& stand_in) {
  return content_of(stand_in).returned();
}

void stand_in_kind::take_back_returned(const handle& stand_in) {
  content_of(stand_in).take_back_returned();
}

bool is_last_handle(const caf::strong_actor_ptr& actor) noexcept {
  return actor->strong_refs.load(std::memory_order_acquire) == 1;
}

} // namespace chorus::caf17
