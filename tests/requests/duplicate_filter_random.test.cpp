#include "../support/seeds.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>

namespace chorus::requests {
namespace {

/// Callers that try their open calls in any order, repeat old tries as a network does, and now and then end
/// one; and a twin of the filter that forgets nothing.
class tries_at_random {
public:
  explicit tries_at_random(random_generator chance) : chance_(chance) {}

  void step() {
    switch (chance_.below(4)) {
    case 0:
      return finish();
    case 1:
      return end_one();
    default:
      return admit();
    }
  }

private:
  static constexpr duplicate_limits limits{
      .callers = 2, .calls_of_one_caller = 4, .calls = 6, .answer_bytes = 20};

  struct one_caller {
    std::uint64_t last = 0;
    std::uint64_t lowest_open = 1;
  };

  void admit() {
    auto place = chance_.below(callers_.size());
    auto& from = callers_[place];
    call_id call{{{}, place}, 1 + chance_.below(from.last + 1)};
    from.last = std::max(from.last, call.number);
    auto said = 1 + chance_.below(std::min(from.lowest_open, call.number)); // perhaps long ago
    switch (filter_.admit(call, said)) {
    case duplicate_filter::verdict::execute:
      EXPECT_TRUE(executed_.insert(call).second) << "executed twice";
      running_.insert(call);
      break;
    case duplicate_filter::verdict::in_progress:
      EXPECT_TRUE(running_.contains(call));
      break;
    case duplicate_filter::verdict::answered:
      EXPECT_EQ(std::any_cast<std::uint64_t>(filter_.answer_to(call)), answers_.at(call));
      break;
    case duplicate_filter::verdict::not_kept:
      EXPECT_TRUE(answers_.contains(call));
      break;
    case duplicate_filter::verdict::stale:
      EXPECT_LT(call.number, from.lowest_open);
      break;
    case duplicate_filter::verdict::refused:
      EXPECT_FALSE(running_.contains(call));
      break;
    }
    EXPECT_LE(filter_.callers(), limits.callers);
    EXPECT_LE(filter_.calls(), limits.calls);
    EXPECT_LE(filter_.answer_bytes(), limits.answer_bytes);
  }

  void finish() {
    if (running_.empty())
      return;
    auto which = std::next(running_.begin(), static_cast<std::ptrdiff_t>(chance_.below(running_.size())));
    auto answer = answers_[*which] = chance_.next();
    filter_.finish(*which, answer, chance_.below(12));
    running_.erase(which);
  }

  void end_one() {
    auto place = chance_.below(callers_.size());
    auto& of = callers_[place];
    of.lowest_open = std::min(of.lowest_open + 1, of.last + 1);
    if (chance_.chance(0.5))
      filter_.acknowledge({{}, place}, of.lowest_open);
  }

  random_generator chance_;
  duplicate_filter filter_{limits};
  std::array<one_caller, 3> callers_;
  std::set<call_id> executed_;
  std::set<call_id> running_;
  std::map<call_id, std::uint64_t> answers_;
};

TEST(duplicate_filter, never_executes_twice_and_stays_within_its_limits) {
  chorus::testing::for_each_seed(200, [](random_generator random) {
    tries_at_random all{random};
    for (int steps = 500; steps > 0 && !::testing::Test::HasFailure(); --steps)
      all.step();
  });
}

} // namespace
} // namespace chorus::requests
