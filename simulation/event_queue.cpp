#include "event_queue.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::simulation {

void event_queue::at(time_point when, action what) {
  CHORUS_CHECK(waiting_.size() < limit, "a simulation in which too much happens at once");
  waiting_.push_back({std::max(when, now_), ++added_, std::move(what)});
  std::push_heap(waiting_.begin(), waiting_.end(), later{});
}

void event_queue::run_next() {
  CHORUS_CHECK(!waiting_.empty(), "nothing happens any more");
  std::pop_heap(waiting_.begin(), waiting_.end(), later{});
  auto next = std::move(waiting_.back());
  waiting_.pop_back();
  now_ = next.when;
  ++happened_;
  next.what();
}

void event_queue::advance_to(time_point when) {
  CHORUS_CHECK(waiting_.empty() || waiting_.front().when >= when, "an event would be passed over");
  now_ = std::max(now_, when);
}

} // namespace chorus::simulation
