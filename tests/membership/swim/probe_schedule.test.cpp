#include <chorus/membership/swim/probe_schedule.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace chorus::membership::swim {
namespace {

node_id id(std::uint64_t number) {
  return {0, number};
}

std::vector<node_id> round_of(probe_schedule& schedule) {
  std::vector<node_id> order;
  for (std::size_t n = 0; n < schedule.size(); ++n)
    order.push_back(*schedule.next());
  return order;
}

struct probe_schedule_test : testing::Test {
  probe_schedule schedule{random_generator{1}};

  void SetUp() override {
    for (std::uint64_t n = 1; n <= 20; ++n)
      schedule.add(id(n));
  }
};

TEST_F(probe_schedule_test, has_nobody_to_probe_when_it_is_empty) {
  probe_schedule empty{random_generator{1}};
  EXPECT_FALSE(empty.next());
}

TEST_F(probe_schedule_test, gives_everybody_one_turn_in_each_round_in_a_new_order) {
  const auto first = round_of(schedule);
  const auto second = round_of(schedule);
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), 20u);
  EXPECT_EQ(std::set(second.begin(), second.end()).size(), 20u);
  EXPECT_NE(first, second);
}

TEST_F(probe_schedule_test, gives_nobody_a_second_turn_because_somebody_comes_or_goes) {
  std::multiset<std::uint64_t> turns;
  for (std::uint64_t n = 1; n <= 10; ++n) {
    turns.insert(schedule.next()->low);
    schedule.add(id(100 + n));
    schedule.remove(id(100 + n));
    schedule.remove(id(n));
  }
  for (std::uint64_t n = 1; n <= 20; ++n)
    EXPECT_LE(turns.count(n), 1u);
}

TEST_F(probe_schedule_test, lets_newcomers_have_their_turn_before_the_next_round_ends) {
  for (auto n = 0; n < 10; ++n)
    schedule.next();
  schedule.add(id(21));
  std::set<std::uint64_t> turns;
  for (auto n = 0; n < 2 * 21; ++n)
    turns.insert(schedule.next()->low);
  EXPECT_TRUE(turns.contains(21));
}

TEST_F(probe_schedule_test, samples_each_at_most_once_and_only_those_that_fit) {
  const auto chosen = schedule.sample(5, [](const node_id& who) { return who.low % 2 == 0; });
  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), 5u);
  EXPECT_TRUE(std::ranges::all_of(chosen, [](const node_id& who) { return who.low % 2 == 0; }));
  EXPECT_EQ(schedule.sample(50, [](const node_id& who) { return who.low % 2 == 0; }).size(), 10u);
}

} // namespace
} // namespace chorus::membership::swim
