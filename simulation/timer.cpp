#include "timer.hpp"

#include <chorus/simulation/world.hpp>

#include <utility>

namespace chorus::simulation {

timer::timer(node& at, std::function<void()> wake)
    : node_(at), wake_(std::move(wake)), self_(std::make_shared<timer*>(this)) {
  node_.timers_.push_back(this);
}

timer::~timer() {
  std::erase(node_.timers_, this);
  *self_ = nullptr;
}

time_point timer::now() const {
  return node_.now();
}

void timer::arm(std::optional<time_point> deadline) {
  deadline_ = deadline;
  schedule();
}

void timer::clock_changed() {
  scheduled_.reset();
  schedule();
}

void timer::schedule() {
  if (!deadline_)
    return;
  auto& events = node_.around_.events();
  auto when = node_.clock_.when(events.now(), *deadline_);
  if (scheduled_ && *scheduled_ <= when)
    return;
  scheduled_ = when;
  events.at(when, [self = self_, when] {
    auto* who = *self;
    if (who == nullptr || who->scheduled_ != when)
      return;
    who->scheduled_.reset();
    who->look();
  });
}

void timer::look() {
  if (!deadline_)
    return;
  if (now() < *deadline_)
    return schedule();
  if (node_.is_paused())
    return; // looks again when it is resumed
  deadline_.reset();
  wake_();
}

} // namespace chorus::simulation
