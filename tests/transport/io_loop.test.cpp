#include "../../runtime/transport/io_loop.hpp"

#include "two_nodes.hpp"

#include <chorus/runtime/transport/outbox.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

/// What is left of a loop when it is destroyed.
namespace chorus {
namespace {

using namespace chorus::testing;

/// Overwrites the memory of its loop at the end, so that a use after the end shows without a sanitizer.
class mortal_loop {
public:
  mortal_loop() : loop_(new (memory_) io_loop{duration{}}) {}

  std::function<void()> waker() { return loop_->waker(); }

  void end() {
    std::destroy_at(loop_);
    std::memset(memory_, 0xa5, sizeof memory_);
  }

private:
  alignas(io_loop) std::byte memory_[sizeof(io_loop)];
  io_loop* loop_;
};

TEST(io_loop, is_not_woken_after_its_end) {
  mortal_loop loop;
  outbox box{1000, 0, loop.waker()};
  loop.end();
  box.consumed(1);
  EXPECT_TRUE(box.take().messages.empty());
  EXPECT_EQ(box.send({first_pair, {}, numbered(1)}), errc::none);
}

/// A sender may be anywhere between its message and the wake-up when the loop ends.
TEST(io_loop, ends_while_threads_wake_it) {
  constexpr int rounds = 200;
  constexpr int wakes_before = 100;
  for (int round = 0; round < rounds; ++round) {
    mortal_loop loop;
    std::atomic<int> wakes = 0;
    std::atomic<bool> done = false;
    std::vector<std::thread> senders;
    for (int number = 0; number < 2; ++number)
      senders.emplace_back([&, wake = loop.waker()] {
        auto counted = [&] {
          wake();
          ++wakes;
        };
        outbox box{limits::send_buffer_bytes, 0, counted};
        while (!done) {
          EXPECT_EQ(box.send({first_pair, {}, numbered(1)}), errc::none);
          for (auto& sent : box.take().messages)
            box.release(sent.payload.size() + link::message_overhead);
        }
      });
    while (wakes < wakes_before)
      std::this_thread::yield();
    loop.end();
    auto wakes_then = wakes.load();
    while (wakes < wakes_then + wakes_before)
      std::this_thread::yield();
    done = true;
    for (auto& sender : senders)
      sender.join();
  }
}

} // namespace
} // namespace chorus
