#include "timer_heap.hpp"

#include <chorus/runtime/check.hpp>

#include <utility>

namespace chorus {

struct timer_heap::item {
  enum class state : std::uint8_t {
    idle,
    armed, ///< `index` is of the heap
    due,   ///< `index` is of `due_`
  };

  task when_due;
  state now = state::idle;
  std::size_t index = 0;
  time_point deadline; ///< unless idle
};

// -- a timer -----------------------------------------------------------------------------------------

timer_heap::timer::timer() noexcept = default;

timer_heap::timer::timer(timer_heap& heap, task when_due) : heap_(&heap), item_(std::make_unique<item>()) {
  item_->when_due = std::move(when_due);
}

timer_heap::timer::~timer() {
  end();
}

timer_heap::timer::timer(timer&& other) noexcept = default;

timer_heap::timer& timer_heap::timer::operator=(timer&& other) noexcept {
  if (this != &other) {
    end();
    heap_ = other.heap_;
    item_ = std::move(other.item_);
  }
  return *this;
}

void timer_heap::timer::arm(std::optional<time_point> deadline) {
  heap_->arm(*item_, deadline);
}

std::optional<time_point> timer_heap::timer::deadline() const noexcept {
  return item_ && item_->now != item::state::idle ? std::optional{item_->deadline} : std::nullopt;
}

void timer_heap::timer::end() noexcept {
  if (!item_)
    return;
  heap_->forget(*item_);
  if (heap_->running_ == item_.get())
    heap_->running_ = nullptr;
  item_.reset();
}

// -- the heap ----------------------------------------------------------------------------------------

timer_heap::timer_heap() = default;

timer_heap::~timer_heap() {
  CHORUS_CHECK(heap_.empty(), "timers end before their heap");
}

std::optional<time_point> timer_heap::next() const {
  return heap_.empty() ? std::nullopt : std::optional{heap_.front().deadline};
}

void timer_heap::run_due(time_point now) {
  CHORUS_CHECK(due_.empty(), "a task cannot run what is due");
  while (!heap_.empty() && heap_.front().deadline <= now) {
    auto* owner = heap_.front().owner;
    remove(0);
    owner->now = item::state::due;
    owner->index = due_.size();
    due_.push_back(owner);
  }
  for (std::size_t i = 0; i < due_.size(); ++i) {
    if (due_[i] == nullptr)
      continue;
    running_ = std::exchange(due_[i], nullptr);
    running_->now = item::state::idle;
    // It may end its own timer, and must live on until it returns.
    auto running = std::move(running_->when_due);
    running();
    if (running_ != nullptr)
      std::exchange(running_, nullptr)->when_due = std::move(running);
  }
  due_.clear();
}

void timer_heap::arm(item& which, std::optional<time_point> deadline) {
  if (which.now == item::state::armed && deadline) {
    if (which.deadline == *deadline)
      return;
    which.deadline = *deadline;
    sift(which.index, {*deadline, ++last_serial_, &which});
    return;
  }
  forget(which);
  if (!deadline)
    return;
  which.now = item::state::armed;
  which.deadline = *deadline;
  heap_.emplace_back();
  sift(heap_.size() - 1, {*deadline, ++last_serial_, &which});
}

void timer_heap::forget(item& which) noexcept {
  if (which.now == item::state::armed)
    remove(which.index);
  else if (which.now == item::state::due)
    due_[which.index] = nullptr;
  which.now = item::state::idle;
}

/// The last one takes the empty place.
void timer_heap::remove(std::size_t index) noexcept {
  auto last = heap_.back();
  heap_.pop_back();
  if (index < heap_.size())
    sift(index, last);
}

void timer_heap::place(std::size_t index, const entry& moved) noexcept {
  heap_[index] = moved;
  moved.owner->index = index;
}

/// Puts `moved` to where it belongs, from the free place at `index`.
void timer_heap::sift(std::size_t index, const entry& moved) noexcept {
  while (index > 0 && moved < heap_[(index - 1) / 2]) {
    place(index, heap_[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  for (auto child = 2 * index + 1; child < heap_.size(); child = 2 * index + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child])
      ++child;
    if (!(heap_[child] < moved))
      break;
    place(index, heap_[child]);
    index = child;
  }
  place(index, moved);
}

} // namespace chorus
