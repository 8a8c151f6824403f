#include "../../support/seeds.hpp"

#include <chorus/simulation/history/happens_before.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace chorus::simulation {
namespace {

const participant ada{1};
const participant bob{2};
const participant eve{3};

TEST(happens_before, orders_what_one_process_does) {
  happens_before_relation truth;
  auto first = truth.append(ada);
  auto second = truth.append(ada);
  EXPECT_TRUE(truth.holds(first, second));
  EXPECT_FALSE(truth.holds(second, first));
  EXPECT_FALSE(truth.concurrent(first, second));
}

TEST(happens_before, does_not_hold_between_an_event_and_itself) {
  happens_before_relation truth;
  auto only = truth.append(ada);
  EXPECT_FALSE(truth.holds(only, only));
  EXPECT_FALSE(truth.concurrent(only, only));
}

TEST(happens_before, does_not_order_processes_that_do_not_talk) {
  happens_before_relation truth;
  auto here = truth.append(ada);
  auto there = truth.append(bob);
  EXPECT_TRUE(truth.concurrent(here, there));
}

TEST(happens_before, holds_from_sending_to_receiving_and_not_from_what_follows_the_sending) {
  happens_before_relation truth;
  auto sending = truth.append(ada);
  auto afterwards = truth.append(ada);
  auto receiving = truth.append(bob, sending);
  EXPECT_TRUE(truth.holds(sending, receiving));
  EXPECT_TRUE(truth.concurrent(afterwards, receiving));
}

TEST(happens_before, holds_through_a_third_process) {
  happens_before_relation truth;
  auto beginning = truth.append(ada);
  auto passed_on = truth.append(bob, beginning);
  auto end = truth.append(eve, passed_on);
  EXPECT_TRUE(truth.holds(beginning, end));
  EXPECT_FALSE(truth.holds(end, beginning));
}

TEST(happens_before, comes_back_to_where_it_began) {
  happens_before_relation truth;
  auto question = truth.append(ada);
  auto meanwhile = truth.append(ada);
  auto reply = truth.append(bob, question);
  auto answered = truth.append(ada, reply);
  EXPECT_TRUE(truth.holds(meanwhile, answered));
  EXPECT_TRUE(truth.holds(reply, answered));
  EXPECT_TRUE(truth.concurrent(meanwhile, reply));
}

/// Reachability over the edges that the definition names, by search.
class naive_relation {
public:
  explicit naive_relation(std::size_t processes) : latest_(processes + 1, nothing) {}

  void append(participant who, std::size_t cause) {
    std::vector<bool> past(past_.size());
    for (auto direct : {latest_[who.value], cause})
      if (direct != nothing) {
        for (std::size_t i = 0; i < past_[direct].size(); ++i)
          past[i] = past[i] || past_[direct][i];
        past[direct] = true;
      }
    latest_[who.value] = past_.size();
    past_.push_back(std::move(past));
  }

  bool holds(std::size_t first, std::size_t second) const {
    return first < past_[second].size() && past_[second][first];
  }

  static constexpr auto nothing = static_cast<std::size_t>(-1);

private:
  std::vector<std::vector<bool>> past_;
  std::vector<std::size_t> latest_;
};

TEST(happens_before, is_what_can_be_reached_along_processes_and_messages) {
  testing::for_each_seed(50, [](random_generator& random) {
    constexpr std::size_t processes = 6;
    constexpr std::size_t events = 120;
    happens_before_relation truth;
    naive_relation naive{processes};
    for (std::size_t i = 0; i < events; ++i) {
      participant who{static_cast<std::uint32_t>(1 + random.below(processes))};
      if (i > 0 && random.chance(0.4)) {
        auto cause = random.below(i);
        truth.append(who, event{static_cast<std::uint32_t>(cause + 1)});
        naive.append(who, cause);
      } else {
        truth.append(who);
        naive.append(who, naive_relation::nothing);
      }
    }
    for (std::uint32_t i = 0; i < events; ++i)
      for (std::uint32_t j = 0; j < events; ++j)
        ASSERT_EQ(truth.holds({i + 1}, {j + 1}), naive.holds(i, j)) << i << " and " << j;
  });
}

TEST(happens_before, takes_the_greatest_process_and_not_the_one_after) {
  happens_before_relation truth;
  EXPECT_TRUE(truth.append({happens_before_relation::max_process}));
  EXPECT_DEATH(truth.append({happens_before_relation::max_process + 1}), "process number");
  EXPECT_DEATH(truth.append({0}), "process number");
}

TEST(happens_before, knows_only_what_was_recorded) {
  happens_before_relation truth;
  auto only = truth.append(ada);
  EXPECT_DEATH(truth.holds(only, only.next()), "not recorded");
  EXPECT_DEATH(truth.append(bob, only.next()), "not recorded");
}

} // namespace
} // namespace chorus::simulation
