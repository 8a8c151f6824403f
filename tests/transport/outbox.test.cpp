#include "two_nodes.hpp"

#include <chorus/runtime/transport/outbox.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace chorus {
namespace {

using namespace chorus::testing;

constexpr std::size_t payload_bytes = 68;
constexpr std::size_t cost = payload_bytes + link::message_overhead;

link::send message(link::urgency how = link::urgency::ordinary, std::size_t size = payload_bytes) {
  return {first_pair, how, shared_bytes{byte_buffer(size)}};
}

struct counted_outbox {
  std::size_t wakes = 0;
  outbox box{10 * cost, 2 * cost, [this] { ++wakes; }, 5 * cost};
};

TEST(outbox, takes_messages_up_to_its_limit_and_no_more) {
  counted_outbox it;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(it.box.has_room(payload_bytes));
    EXPECT_EQ(it.box.send(message()), errc::none);
  }
  EXPECT_FALSE(it.box.has_room(0));
  EXPECT_EQ(it.box.send(message()), errc::overloaded);
  EXPECT_EQ(it.box.take().messages.size(), 10u);
}

TEST(outbox, keeps_its_reserve_for_what_frees_resources) {
  counted_outbox it;
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(it.box.send(message()), errc::none);
  EXPECT_EQ(it.box.send(message(link::urgency::reserved)), errc::none);
  EXPECT_EQ(it.box.send(message(link::urgency::reserved)), errc::none);
  EXPECT_EQ(it.box.send(message(link::urgency::reserved)), errc::overloaded);
}

TEST(outbox, has_room_again_only_for_what_was_released) {
  counted_outbox it;
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(it.box.send(message()), errc::none);
  it.box.take();
  EXPECT_EQ(it.box.send(message()), errc::overloaded);
  it.box.release(cost - 1);
  EXPECT_EQ(it.box.send(message()), errc::overloaded);
  it.box.release(1);
  EXPECT_EQ(it.box.send(message()), errc::none);
}

TEST(outbox, refuses_a_message_one_byte_over_the_largest) {
  counted_outbox it;
  EXPECT_EQ(it.box.send(message(link::urgency::reserved, 5 * cost)), errc::none);
  EXPECT_EQ(it.box.send(message(link::urgency::reserved, 5 * cost + 1)), errc::too_large);
}

TEST(outbox, wakes_once_for_a_batch) {
  counted_outbox it;
  it.box.send(message());
  it.box.send(message());
  it.box.consumed(7);
  EXPECT_EQ(it.wakes, 1u);
  auto batch = it.box.take();
  EXPECT_EQ(batch.messages.size(), 2u);
  EXPECT_EQ(batch.consumed_bytes, 7u);
  it.box.consumed(1);
  EXPECT_EQ(it.wakes, 2u);
  EXPECT_EQ(it.box.take().consumed_bytes, 1u);
  EXPECT_TRUE(it.box.take().messages.empty());
}

TEST(outbox, saves_up_consumed_bytes_until_their_share_is_reached) {
  std::size_t wakes = 0;
  outbox box{10 * cost, 2 * cost, [&] { ++wakes; }, 5 * cost, 100};
  box.consumed(60);
  box.consumed(39);
  EXPECT_EQ(wakes, 0u);
  box.consumed(1);
  EXPECT_EQ(wakes, 1u);
  box.consumed(1000);
  EXPECT_EQ(wakes, 1u);
  EXPECT_EQ(box.take().consumed_bytes, 1100u);
  box.consumed(99);
  EXPECT_EQ(wakes, 1u);
}

TEST(outbox, of_the_next_relation_takes_what_is_consumed_of_the_one_before) {
  std::size_t wakes = 0;
  auto consumed = std::make_shared<consumption>();
  outbox before{10 * cost, 2 * cost, [&] { ++wakes; }, 5 * cost, 100, consumed};
  before.consumed(60);
  before.close();
  outbox next{10 * cost, 2 * cost, [&] { ++wakes; }, 5 * cost, 100, consumed};
  EXPECT_EQ(next.take().consumed_bytes, 0u) << "too few to tell";
  for (std::size_t round = 1; round <= 2; ++round) {
    before.consumed(100);
    EXPECT_EQ(wakes, round);
    EXPECT_GE(next.take().consumed_bytes, 100u);
  }
  next.consumed(1);
  EXPECT_EQ(before.take_consumed() + next.take_consumed(), 1u);
}

TEST(outbox, gives_consumed_bytes_out_once_whoever_asks_first) {
  std::size_t wakes = 0;
  outbox box{10 * cost, 2 * cost, [&] { ++wakes; }, 5 * cost, 100};
  box.consumed(60);
  EXPECT_EQ(box.take_consumed(), 60u);
  EXPECT_EQ(box.take_consumed(), 0u);
  box.consumed(99);
  box.send(message());
  EXPECT_EQ(wakes, 1u);
  EXPECT_EQ(box.take().consumed_bytes, 99u);
}

TEST(outbox, refuses_everything_once_closed_and_gives_out_what_it_has) {
  counted_outbox it;
  it.box.send(message());
  it.box.close();
  EXPECT_TRUE(it.box.is_closed());
  EXPECT_FALSE(it.box.has_room(0));
  EXPECT_EQ(it.box.send(message()), errc::node_down);
  EXPECT_EQ(it.box.send(message(link::urgency::reserved)), errc::node_down);
  EXPECT_EQ(it.box.take().messages.size(), 1u);
}

/// A full one, and how often somebody who waits for room was told.
struct full_outbox : counted_outbox {
  full_outbox() {
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(box.send(message()), errc::none);
  }

  void ask() {
    box.when_writable([this] { ++told; });
  }

  std::size_t told = 0;
};

TEST(outbox, tells_at_once_that_it_is_writable_up_to_half_of_its_limit) {
  counted_outbox it;
  std::size_t told = 0;
  auto ask = [&] { it.box.when_writable([&] { ++told; }); };
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(it.box.send(message()), errc::none);
  ask();
  EXPECT_EQ(told, 1u);
  ASSERT_EQ(it.box.send(message(link::urgency::ordinary, 0)), errc::none);
  ask();
  EXPECT_EQ(told, 1u);
}

TEST(outbox, tells_once_when_half_is_free_again) {
  full_outbox it;
  it.ask();
  it.box.release(5 * cost - 1);
  EXPECT_EQ(it.told, 0u);
  it.box.release(1);
  EXPECT_EQ(it.told, 1u);
  it.box.release(5 * cost);
  EXPECT_EQ(it.told, 1u);
}

TEST(outbox, tells_only_who_asked_last) {
  full_outbox it;
  std::size_t earlier = 0;
  it.box.when_writable([&] { ++earlier; });
  it.ask();
  it.box.release(10 * cost);
  EXPECT_EQ(earlier, 0u);
  EXPECT_EQ(it.told, 1u);
}

TEST(outbox, tells_when_it_is_closed_and_everybody_at_once_from_then_on) {
  full_outbox it;
  it.ask();
  it.box.close();
  EXPECT_EQ(it.told, 1u);
  EXPECT_EQ(it.box.send(message()), errc::node_down);
  it.ask();
  EXPECT_EQ(it.told, 2u);
}

TEST(outbox, may_be_used_by_whom_it_tells) {
  full_outbox it;
  errc sent = errc::overloaded;
  it.box.when_writable([&] { sent = it.box.send(message()); });
  it.box.release(10 * cost);
  EXPECT_EQ(sent, errc::none);
}

TEST(outbox, loses_no_wake_up_between_threads) {
  constexpr std::size_t messages = 20'000;
  counted_outbox it;
  std::atomic<std::size_t> taken{0};
  std::thread link{[&] {
    for (std::size_t released = 0; released < messages; ++released) {
      taken.wait(released);
      it.box.release(cost);
    }
  }};
  for (std::size_t sent = 0; sent < messages;) {
    if (it.box.send(message()) == errc::none) {
      taken = ++sent;
      taken.notify_one();
      continue;
    }
    auto writable = std::make_shared<std::promise<void>>();
    it.box.when_writable([writable] { writable->set_value(); });
    ASSERT_EQ(writable->get_future().wait_for(patience), std::future_status::ready);
  }
  link.join();
}

TEST(outbox, keeps_the_order_of_each_of_many_threads_through_a_link) {
  constexpr std::uint64_t senders = 4;
  constexpr std::uint64_t each = 3'000;
  two_nodes nodes;
  std::vector<std::thread> threads;
  for (std::uint64_t sender = 1; sender <= senders; ++sender)
    threads.emplace_back([&, sender] { send_numbers(*nodes.a_sends, {sender, 10}, each); });
  for (std::uint64_t sender = 1; sender <= senders; ++sender)
    EXPECT_TRUE(has_all(nodes.b, ada, {sender, 10}, each));
  for (auto& thread : threads)
    thread.join();
}

} // namespace
} // namespace chorus
