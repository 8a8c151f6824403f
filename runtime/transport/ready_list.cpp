#include "ready_list.hpp"

#include <utility>

namespace chorus {

void ready_list::add(const std::shared_ptr<place>& link) {
  {
    std::lock_guard guard{mutex_};
    // Whoever listed it wakes, or has done so.
    if (is_closed_ || std::exchange(link->is_listed_, true))
      return;
    listed_.push_back(link);
  }
  wake_();
}

std::span<const std::shared_ptr<ready_list::place>> ready_list::take() {
  taken_.clear();
  std::lock_guard guard{mutex_};
  taken_.swap(listed_);
  for (auto& link : taken_)
    link->is_listed_ = false;
  return taken_;
}

void ready_list::close() {
  take();
  taken_.clear();
  std::lock_guard guard{mutex_};
  is_closed_ = true;
  listed_.clear();
}

} // namespace chorus
