#include "stage.hpp"

#include <chorus/simulation/event_queue.hpp>

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using simulation::event_queue;

TEST(an_event_queue, lets_events_happen_in_the_order_of_their_moments) {
  event_queue events;
  std::string order;
  events.after(3ms, [&] { order += 'c'; });
  events.after(1ms, [&] { order += 'a'; });
  events.after(2ms, [&] { order += 'b'; });
  while (!events.empty())
    events.run_next();
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(events.now(), moment(3ms));
  EXPECT_EQ(events.happened(), 3u);
}

TEST(an_event_queue, keeps_the_order_of_events_that_were_added_for_one_moment) {
  event_queue events;
  std::vector<int> order;
  for (int number = 0; number < 100; ++number)
    events.at(moment(1ms), [&order, number] { order.push_back(number); });
  while (!events.empty())
    events.run_next();
  for (int number = 0; number < 100; ++number)
    EXPECT_EQ(order[static_cast<std::size_t>(number)], number);
}

TEST(an_event_queue, lets_what_is_too_late_happen_next_and_does_not_go_back_in_time) {
  event_queue events;
  events.advance_to(moment(5ms));
  auto happened = false;
  events.at(moment(1ms), [&] { happened = true; });
  events.run_next();
  EXPECT_TRUE(happened);
  EXPECT_EQ(events.now(), moment(5ms));
  events.advance_to(moment(2ms));
  EXPECT_EQ(events.now(), moment(5ms));
}

TEST(an_event_queue, lets_an_event_add_events_for_the_moment_in_which_it_happens) {
  event_queue events;
  std::string order;
  events.at(moment(1ms), [&] {
    order += 'a';
    events.after({}, [&] { order += 'c'; });
  });
  events.at(moment(1ms), [&] { order += 'b'; });
  while (!events.empty())
    events.run_next();
  EXPECT_EQ(order, "abc");
}

TEST(an_event_queue, advances_up_to_the_next_event_and_not_past_it) {
  event_queue events;
  events.at(moment(2ms), [] {});
  events.advance_to(moment(2ms));
  EXPECT_EQ(events.now(), moment(2ms));
  EXPECT_DEATH(events.advance_to(moment(2ms) + 1ns), "passed over");
}

TEST(an_event_queue, takes_as_many_events_as_its_limit_and_not_one_more) {
  event_queue events;
  for (std::size_t count = 0; count < event_queue::limit; ++count)
    events.after(1ms, [] {});
  EXPECT_DEATH(events.after(1ms, [] {}), "too much happens");
  events.run_next();
  events.after(1ms, [] {});
}

} // namespace
} // namespace chorus::testing
