#include "link_process.hpp"

#include <algorithm>
#include <functional>

namespace chorus::testing {

link_process::link_process(simulation::node& at, const link::config& limits)
    : node_(at), timer_(at.make_timer([this] { take_back_verdicts(); })), links_(at, *this, limits) {}

void link_process::declare_failed(const peer& other, duration lasts) {
  links_.fail(other);
  verdicts_.emplace(timer_->now() + lasts, other);
  timer_->arm(verdicts_.begin()->first);
}

void link_process::take_back_verdicts() {
  while (!verdicts_.empty() && verdicts_.begin()->first <= timer_->now())
    links_.take_back(verdicts_.extract(verdicts_.begin()).mapped());
  timer_->arm(verdicts_.empty() ? std::nullopt : std::optional{verdicts_.begin()->first});
}

void link_process::set_lazy(link::channel_number channel, bool lazy) {
  if (lazy) {
    lazy_.insert(channel);
    return;
  }
  lazy_.erase(channel);
  auto is_read = [&](const auto& unread) { return unread.second.channel == channel; };
  auto first_read = std::stable_partition(unread_.begin(), unread_.end(), std::not_fn(is_read));
  std::vector<std::pair<peer, link::consumed>> all(first_read, unread_.end());
  unread_.erase(first_read, unread_.end());
  for (const auto& [from, what] : all)
    read(from, what);
}

void link_process::read(const peer& from, const link::consumed& what) {
  consumed(from, what);
  links_.apply(from, what);
}

void link_process::read_lazily(const peer& from, const link::consumed& what) {
  if (lazy_.contains(what.channel))
    unread_.emplace_back(from, what);
  else
    read(from, what);
}

} // namespace chorus::testing
