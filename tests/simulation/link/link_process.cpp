#include "link_process.hpp"

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

void link_process::set_lazy(bool lazy) {
  lazy_ = lazy;
  if (!lazy)
    for (const auto& [from, cost] : std::exchange(unread_, {}))
      read(from, cost);
}

void link_process::read(const peer& from, std::size_t cost) {
  consumed(from, cost);
  links_.apply(from, link::consumed{cost});
}

void link_process::read_lazily(const peer& from, std::size_t cost) {
  if (lazy_)
    unread_.emplace_back(from, cost);
  else
    read(from, cost);
}

} // namespace chorus::testing
