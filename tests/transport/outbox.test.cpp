#include "two_nodes.hpp"

#include <chorus/runtime/transport/outbox.hpp>

#include <gtest/gtest.h>

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
