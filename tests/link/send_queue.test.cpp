#include "../../runtime/link/send_queue.hpp"

#include "two_ends.hpp"

#include <gtest/gtest.h>

namespace chorus::link {

namespace {

using chorus::testing::bytes_of;

constexpr std::size_t chunk = 100;
constexpr std::size_t plenty = 1'000'000;

/// Sizes are as good as texts here: every message has its own.
struct fixture : send_queue {
  fixture() : send_queue(chunk) {}

  void push(pair who, std::size_t size, urgency how = urgency::ordinary) {
    send_queue::push(who, how, bytes_of(std::string(size, 'x')));
  }

  /// The next segments as `sender:size`, until none fits.
  std::vector<std::string> take_all(std::size_t ordinary = plenty, std::size_t reserved = plenty) {
    std::vector<std::string> all;
    while (auto next = take(ordinary, reserved))
      all.push_back(std::to_string(next->pair.sender) + ':' + std::to_string(next->bytes.size()));
    return all;
  }
};

using segments = std::vector<std::string>;

constexpr pair first{1, 0};
constexpr pair second{2, 0};
constexpr pair third{3, 0};

} // namespace

TEST(send_queue, keeps_order_within_a_pair) {
  fixture queue;
  for (std::size_t size : {30, 10, 20})
    queue.push(first, size);
  EXPECT_EQ(queue.take_all(), (segments{"1:30", "1:10", "1:20"}));
  EXPECT_TRUE(queue.empty());
}

TEST(send_queue, lets_pairs_take_turns_of_a_chunk) {
  fixture queue;
  for (auto size : {60, 61, 62})
    queue.push(first, static_cast<std::size_t>(size));
  queue.push(second, 10);
  EXPECT_EQ(queue.take_all(), (segments{"1:60", "1:61", "2:10", "1:62"}));
}

TEST(send_queue, cuts_what_is_larger_than_a_chunk_and_nothing_else) {
  fixture queue;
  queue.push(first, chunk);
  queue.push(first, chunk + 1);
  queue.push(first, 2 * chunk);
  EXPECT_EQ(queue.take(plenty, plenty)->kind, part::whole);
  auto begin = queue.take(plenty, plenty);
  EXPECT_EQ(begin->kind, part::first);
  EXPECT_EQ(begin->message_size, chunk + 1);
  EXPECT_EQ(queue.take(plenty, plenty)->kind, part::last);
  EXPECT_EQ(queue.take(plenty, plenty)->kind, part::first);
  EXPECT_EQ(queue.take(plenty, plenty)->kind, part::last);
  EXPECT_TRUE(queue.empty());
}

TEST(send_queue, lets_small_messages_pass_between_chunks) {
  fixture queue;
  queue.push(first, 250);
  queue.push(first, 1);
  queue.push(second, 2);
  queue.push(third, 3);
  EXPECT_EQ(queue.take_all(), (segments{"1:100", "2:2", "3:3", "1:100", "1:50", "1:1"}));
}

TEST(send_queue, sends_one_large_message_at_a_time_first_come_first_served) {
  fixture queue;
  queue.push(third, 150);
  queue.push(first, 150);
  queue.push(second, 150);
  EXPECT_EQ(queue.take_all(), (segments{"3:100", "3:50", "1:100", "1:50", "2:100", "2:50"}));
}

TEST(send_queue, gives_a_message_only_to_room_for_its_cost) {
  fixture queue;
  queue.push(first, 50);
  EXPECT_FALSE(queue.take(50 + message_overhead - 1, plenty));
  EXPECT_TRUE(queue.take(50 + message_overhead, 0));
}

TEST(send_queue, does_not_let_a_smaller_message_overtake_one_that_waits_for_room) {
  fixture queue;
  queue.push(first, 50);
  queue.push(second, 1);
  EXPECT_FALSE(queue.take(60, 60));
}

TEST(send_queue, lets_reserved_messages_pass_ordinary_ones_that_have_no_room) {
  fixture queue;
  queue.push(first, 10);
  queue.push(second, 20, urgency::reserved);
  EXPECT_EQ(queue.take_all(0, plenty), segments{"2:20"});
  EXPECT_EQ(queue.take_all(), segments{"1:10"});
}

TEST(send_queue, takes_what_stands_before_a_reserved_message_along) {
  fixture queue;
  queue.push(first, 10);
  queue.push(first, 20, urgency::reserved);
  queue.push(first, 30);
  EXPECT_EQ(queue.take_all(0, plenty), (segments{"1:10", "1:20"}));
  EXPECT_EQ(queue.take_all(), segments{"1:30"});
}

TEST(send_queue, lends_urgency_to_the_large_message_that_a_reserved_one_waits_for) {
  fixture queue;
  queue.push(first, 250);
  EXPECT_TRUE(queue.take(plenty, plenty));
  EXPECT_FALSE(queue.take(0, plenty));
  queue.push(second, 150, urgency::reserved);
  EXPECT_EQ(queue.take_all(0, plenty), (segments{"1:100", "1:50", "2:100", "2:50"}));
}

TEST(send_queue, gives_the_passage_to_reserved_large_messages_first) {
  fixture queue;
  queue.push(first, 150);
  queue.push(second, 150);
  queue.push(third, 150, urgency::reserved);
  EXPECT_EQ(queue.take_all(), (segments{"1:100", "1:50", "3:100", "3:50", "2:100", "2:50"}));
}

TEST(send_queue, shares_the_link_between_reserved_and_ordinary) {
  fixture queue;
  for (int i = 0; i < 2; ++i) {
    queue.push(first, chunk);
    queue.push(second, chunk, urgency::reserved);
  }
  EXPECT_EQ(queue.take_all(), (segments{"1:100", "2:100", "1:100", "2:100"}));
}

TEST(send_queue, holds_a_message_to_the_node_until_its_sender_has_nothing_else_under_way) {
  fixture queue;
  queue.push({1, 5}, 10);
  queue.push({1, 6}, chunk + 50);
  queue.push({1, 7}, chunk + 60); // waits for the passage
  queue.push({1, 0}, 20, urgency::reserved);
  queue.push({2, 0}, 30, urgency::reserved); // of another sender
  EXPECT_EQ(queue.take_all(), (segments{"1:10", "1:100", "2:30", "1:50", "1:100", "1:60", "1:20"}));
  EXPECT_TRUE(queue.empty());
}

TEST(send_queue, holds_a_large_message_to_the_node_as_well) {
  fixture queue;
  queue.push({1, 5}, chunk + 10);
  queue.push({1, 0}, chunk + 20);
  queue.push({1, 6}, chunk + 30);
  EXPECT_EQ(queue.take_all(), (segments{"1:100", "1:10", "1:100", "1:30", "1:100", "1:20"}));
  EXPECT_TRUE(queue.empty());
}

TEST(send_queue, gives_back_what_has_not_left_as_a_whole) {
  fixture queue;
  queue.push(second, 10);
  queue.push(first, 250);
  queue.push(first, 10);
  ASSERT_TRUE(queue.take(plenty, plenty)); // a turn of the second pair
  queue.push(second, 20);
  ASSERT_TRUE(queue.take(plenty, plenty)); // a chunk of the first
  EXPECT_EQ(queue.under_way().size(), 250u);
  segments left;
  queue.send_queue::take_all([&left](const pair& who, urgency, const shared_bytes& payload) {
    left.push_back(std::to_string(who.sender) + ':' + std::to_string(payload.size()));
  });
  EXPECT_EQ(left, (segments{"1:250", "1:10", "2:20"}));
  EXPECT_TRUE(queue.empty());
  queue.push(first, 250); // goes on as if it were new
  EXPECT_EQ(queue.take_all(), (segments{"1:100", "1:100", "1:50"}));
}

} // namespace chorus::link
