#include <chorus/membership/swim/local_health.hpp>
#include <chorus/membership/swim/round_trip.hpp>
#include <chorus/membership/swim/timing.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

TEST(local_health, stretches_time_by_what_went_wrong_up_to_nine_times) {
  local_health health;
  EXPECT_EQ(health.stretch(1s), 1s);
  health.worsen(3);
  EXPECT_EQ(health.stretch(1s), 4s);
  health.worsen(100);
  EXPECT_EQ(health.stretch(1s), 9s);
  EXPECT_EQ(health.score(), local_health::worst);
}

TEST(local_health, recovers_with_every_answer_and_is_never_better_than_good) {
  local_health health;
  health.worsen(2);
  health.improve();
  EXPECT_EQ(health.score(), 1);
  health.improve();
  health.improve();
  EXPECT_EQ(health.score(), 0);
}

TEST(round_trip_estimator, waits_longest_as_long_as_nothing_was_measured) {
  EXPECT_EQ(round_trip_estimator(10ms, 500ms).timeout(), 500ms);
}

TEST(round_trip_estimator, comes_down_to_the_shortest_where_answers_are_quick) {
  round_trip_estimator estimate{50ms, 500ms};
  for (auto n = 0; n < 20; ++n)
    estimate.measure(1ms);
  EXPECT_EQ(estimate.timeout(), 50ms);
}

TEST(round_trip_estimator, follows_a_network_that_becomes_slow) {
  round_trip_estimator estimate{50ms, 500ms};
  for (auto n = 0; n < 20; ++n)
    estimate.measure(1ms);
  for (auto n = 0; n < 5; ++n)
    estimate.measure(200ms);
  EXPECT_GT(estimate.timeout(), 200ms);
  EXPECT_LE(estimate.timeout(), 500ms);
}

TEST(round_trip_estimator, is_not_misled_by_one_answer_that_came_after_hours) {
  round_trip_estimator estimate{50ms, 500ms};
  estimate.measure(3h);
  for (auto n = 0; n < 400; ++n)
    estimate.measure(1ms);
  EXPECT_LT(estimate.timeout(), 60ms);
}

TEST(timing, lets_suspicions_last_longer_in_large_clusters) {
  const timing times{4s};
  EXPECT_EQ(times.period, 1s);
  EXPECT_EQ(times.shortest_suspicion(2), 3s);
  EXPECT_EQ(times.shortest_suspicion(10), 3s);
  EXPECT_EQ(times.shortest_suspicion(100), 6s);
  EXPECT_EQ(times.longest_suspicion(100), 36s);
}

} // namespace
} // namespace chorus::membership::swim
