#include "../support/seeds.hpp"
#include "random_execution.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/lamport_clock.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace chorus {
namespace {

TEST(lamport_clock, starts_before_every_event) {
  lamport_clock clock;
  EXPECT_EQ(clock.now(), lamport_time{0});
  EXPECT_EQ(clock.tick(), lamport_time{1});
  EXPECT_EQ(clock.tick(), lamport_time{2});
  EXPECT_EQ(clock.now(), lamport_time{2});
}

TEST(lamport_clock, jumps_past_the_time_of_a_message_from_ahead) {
  lamport_clock clock;
  EXPECT_EQ(clock.witness({10}), lamport_time{11});
  EXPECT_EQ(clock.now(), lamport_time{11});
}

TEST(lamport_clock, goes_on_from_its_own_time_after_a_message_from_behind) {
  lamport_clock clock;
  clock.tick();
  clock.tick();
  EXPECT_EQ(clock.witness({1}), lamport_time{3});
}

TEST(lamport_clock, is_not_carried_off_by_a_time_that_is_made_up) {
  lamport_clock clock;
  clock.tick();
  EXPECT_EQ(clock.witness(lamport_clock::latest_believed.next()), std::nullopt);
  EXPECT_EQ(clock.witness(lamport_time::max()), std::nullopt);
  EXPECT_EQ(clock.now(), lamport_time{1});
  EXPECT_EQ(clock.witness(lamport_clock::latest_believed), lamport_clock::latest_believed.next());
  EXPECT_EQ(clock.tick(), lamport_clock::latest_believed.next().next());
}

TEST(lamport_clock, gives_an_event_a_later_time_than_all_that_happened_before) {
  testing::for_each_seed(50, [](random_generator random) {
    testing::random_execution execution{random, 120};
    const auto& events = execution.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      for (std::size_t j = 0; j < events.size(); ++j) {
        if (execution.happens_before(i, j)) {
          ASSERT_LT(events[i].stamp.time, events[j].stamp.time) << "events " << i << " and " << j;
        }
      }
    }
  });
}

TEST(lamport_stamp, puts_all_events_in_one_order) {
  testing::for_each_seed(50, [](random_generator random) {
    testing::random_execution execution{random, 120};
    const auto& events = execution.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j)
        ASSERT_NE(events[i].stamp, events[j].stamp) << "events " << i << " and " << j;
    }
  });
}

TEST(lamport_stamp, is_ordered_by_time_and_then_by_node) {
  EXPECT_LT((lamport_stamp{{1}, {9, 9}}), (lamport_stamp{{2}, {1, 1}}));
  EXPECT_LT((lamport_stamp{{2}, {1, 1}}), (lamport_stamp{{2}, {1, 2}}));
  EXPECT_EQ((lamport_stamp{{2}, {1, 1}}), (lamport_stamp{{2}, {1, 1}}));
}

TEST(lamport_stamp, is_read_back_from_its_bytes) {
  lamport_stamp stamp{{12}, {3, 4}};
  auto read = codec::decode<lamport_stamp>(codec::encode(stamp));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, stamp);
}

TEST(lamport_stamp, prints_its_time_and_node) {
  EXPECT_EQ(to_string(lamport_stamp{{12}, {0, 0xab}}), "12@000000000000000000000000000000ab");
}

} // namespace
} // namespace chorus
