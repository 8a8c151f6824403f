#include "poll_set.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/transport/steady_clock.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace chorus {

namespace {

/// Taken from the system at once; the others come in the next turn.
constexpr int events_per_turn = 128;

/// Rounded up: waking a little early would only find nothing due and wait again.
int to_milliseconds(duration limit) {
  auto rounded = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return static_cast<int>(std::clamp<decltype(rounded)>(rounded, 0, 3'600'000));
}

} // namespace

struct poll_set::entry {
  std::uint64_t serial = 0;
  int descriptor = -1;
  handler take;
  bool is_ready = false;
  bool is_dropped = false;
};

// -- places ------------------------------------------------------------------------------------------

poll_set::watch& poll_set::watch::operator=(watch&& other) noexcept {
  if (this != &other) {
    end();
    set_ = other.set_;
    what_ = std::exchange(other.what_, nullptr);
  }
  return *this;
}

void poll_set::watch::look_again() {
  if (what_ != nullptr)
    set_->look_again(*what_);
}

void poll_set::watch::end() {
  if (what_ != nullptr)
    set_->drop(*std::exchange(what_, nullptr));
}

// -- the set -----------------------------------------------------------------------------------------

poll_set::poll_set() : epoll_(descriptor::required(epoll_create1(EPOLL_CLOEXEC))) {}

poll_set::~poll_set() {
  CHORUS_CHECK(entries_.empty(), "whoever watches ends before the set");
}

poll_set::watch poll_set::add(zmq::socket_t& socket, handler when_stirred) {
  auto place = add(static_cast<int>(socket.get(zmq::sockopt::fd)), std::move(when_stirred));
  // It may have stirred before anybody watched.
  place.look_again();
  return place;
}

poll_set::watch poll_set::add(int descriptor, handler when_readable) {
  auto fresh = std::make_unique<entry>();
  fresh->serial = ++last_serial_;
  fresh->descriptor = descriptor;
  fresh->take = std::move(when_readable);
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.ptr = fresh.get();
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &wanted) != 0)
    throw std::system_error{errno, std::generic_category(), "the system can watch no more descriptors"};
  return {*this, *entries_.emplace_back(std::move(fresh))};
}

time_point poll_set::wait(std::optional<time_point> until, time_point awake_until) {
  std::array<epoll_event, events_per_turn> events;
  auto count = looked_at_again_.empty() ? wait_for(events, until, awake_until) : ask(events, 0);
  const auto woke_at = steady_now();
  ready_.swap(looked_at_again_);
  for (int i = 0; i < count; ++i) {
    auto* stirred = static_cast<entry*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (!std::exchange(stirred->is_ready, true))
      ready_.push_back(stirred);
  }
  std::ranges::sort(ready_, {}, &entry::serial);
  for (auto* next : ready_) {
    next->is_ready = false;
    if (!next->is_dropped && next->take() && !next->is_dropped)
      look_again(*next);
  }
  ready_.clear();
  dropped_.clear();
  return woke_at;
}

int poll_set::ask(std::span<epoll_event> events, int milliseconds) const {
  // A signal is no event: the next turn waits again.
  return std::max(
      epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), milliseconds), 0
  );
}

int poll_set::wait_for(std::span<epoll_event> events, std::optional<time_point> until, time_point awake_until)
    const {
  auto now = steady_now();
  for (auto awake = until ? std::min(*until, awake_until) : awake_until; now < awake; now = steady_now()) {
    if (auto count = ask(events, 0))
      return count;
    std::this_thread::yield();
  }
  return ask(events, until ? to_milliseconds(*until - now) : -1);
}

void poll_set::look_again(entry& what) {
  if (!std::exchange(what.is_ready, true))
    looked_at_again_.push_back(&what);
}

void poll_set::drop(entry& what) {
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, what.descriptor, nullptr);
  what.is_dropped = true;
  std::erase(looked_at_again_, &what);
  auto place = std::ranges::lower_bound(entries_, what.serial, {}, [](auto& each) { return each->serial; });
  dropped_.push_back(std::move(*place));
  entries_.erase(place);
}

} // namespace chorus
