#include "../support/seeds.hpp"
#include "random_execution.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/runtime/vector_clock.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <utility>
#include <vector>

namespace chorus {

void PrintTo(const vector_clock& clock, std::ostream* out) {
  *out << to_string(clock);
}

void PrintTo(causal_order order, std::ostream* out) {
  *out << to_string(order);
}

namespace {

using entry = vector_clock::entry;

const peer ada{{0, 1}, {1}};
const peer bob{{0, 2}, {1}};
const peer bob_restarted{{0, 2}, {2}};

vector_clock clock_of(std::vector<entry> entries) {
  return *vector_clock::from_entries(std::move(entries));
}

/// Up to four origins with small counts, so that clocks are often equal, ordered and concurrent.
vector_clock random_clock(random_generator& random) {
  std::vector<entry> entries;
  for (std::uint64_t origin = 1; origin <= 4; ++origin) {
    if (auto count = random.below(4); count > 0)
      entries.push_back({peer{{0, origin}, {1}}, {count}});
  }
  return clock_of(entries);
}

TEST(vector_clock, starts_with_no_events_known) {
  EXPECT_TRUE(vector_clock{}.entries().empty());
  EXPECT_EQ(vector_clock{}.find(ada), std::nullopt);
}

TEST(vector_clock, counts_the_events_of_each_origin) {
  vector_clock clock;
  EXPECT_EQ(clock.increment(bob), event_count{1});
  EXPECT_EQ(clock.increment(ada), event_count{1});
  EXPECT_EQ(clock.increment(bob), event_count{2});
  EXPECT_EQ(clock, clock_of({{ada, {1}}, {bob, {2}}}));
  EXPECT_EQ(clock.find(bob), event_count{2});
}

TEST(vector_clock, keeps_two_lives_of_a_node_apart) {
  vector_clock clock;
  clock.increment(bob);
  EXPECT_EQ(clock.increment(bob_restarted), event_count{1});
  EXPECT_EQ(clock, clock_of({{bob, {1}}, {bob_restarted, {1}}}));
}

TEST(vector_clock, learns_what_another_knows) {
  auto clock = clock_of({{ada, {3}}, {bob, {1}}});
  clock.merge(clock_of({{bob, {2}}, {bob_restarted, {5}}}));
  EXPECT_EQ(clock, clock_of({{ada, {3}}, {bob, {2}}, {bob_restarted, {5}}}));
}

TEST(vector_clock, names_how_two_moments_stand_to_each_other) {
  auto first = clock_of({{ada, {1}}});
  auto then = clock_of({{ada, {1}}, {bob, {1}}});
  auto elsewhere = clock_of({{bob, {2}}});
  EXPECT_EQ(compare(first, first), causal_order::equal);
  EXPECT_EQ(compare(first, then), causal_order::happens_before);
  EXPECT_EQ(compare(then, first), causal_order::happens_after);
  EXPECT_EQ(compare(then, elsewhere), causal_order::concurrent);
  EXPECT_TRUE(happens_before(first, then));
  EXPECT_FALSE(happens_before(then, first));
  EXPECT_TRUE(concurrent(then, elsewhere));
  EXPECT_FALSE(concurrent(first, first));
}

TEST(vector_clock, takes_an_origin_without_an_entry_for_one_without_known_events) {
  EXPECT_EQ(compare(vector_clock{}, clock_of({{ada, {1}}})), causal_order::happens_before);
  EXPECT_EQ(compare(clock_of({{bob, {1}}}), clock_of({{bob_restarted, {1}}})), causal_order::concurrent);
}

TEST(vector_clock, says_exactly_what_happened_before_what) {
  testing::for_each_seed(50, [](random_generator random) {
    testing::random_execution execution{random, 120};
    const auto& events = execution.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      for (std::size_t j = 0; j < events.size(); ++j) {
        auto truth = i == j ? causal_order::equal : causal_order::concurrent;
        if (execution.happens_before(i, j))
          truth = causal_order::happens_before;
        if (execution.happens_before(j, i))
          truth = causal_order::happens_after;
        ASSERT_EQ(compare(events[i].known, events[j].known), truth)
            << "events " << i << " with " << to_string(events[i].known) << " and " << j << " with "
            << to_string(events[j].known);
      }
    }
  });
}

TEST(vector_clock_law, happens_before_is_a_strict_partial_order) {
  testing::for_each_seed(2'000, [](random_generator random) {
    auto a = random_clock(random);
    auto b = random_clock(random);
    auto c = random_clock(random);
    EXPECT_FALSE(happens_before(a, a)) << "irreflexive";
    EXPECT_FALSE(happens_before(a, b) && happens_before(b, a)) << "antisymmetric";
    EXPECT_TRUE(!(happens_before(a, b) && happens_before(b, c)) || happens_before(a, c)) << "transitive";
    EXPECT_EQ(happens_before(a, b), compare(b, a) == causal_order::happens_after);
    EXPECT_EQ(concurrent(a, b), concurrent(b, a));
    EXPECT_EQ(a == b, compare(a, b) == causal_order::equal);
  });
}

vector_clock merged(vector_clock first, const vector_clock& second) {
  first.merge(second);
  return first;
}

bool at_most(const vector_clock& lower, const vector_clock& upper) {
  return lower == upper || happens_before(lower, upper);
}

TEST(vector_clock_law, merge_is_the_least_upper_bound) {
  testing::for_each_seed(2'000, [](random_generator random) {
    auto a = random_clock(random);
    auto b = random_clock(random);
    auto c = random_clock(random);
    EXPECT_EQ(merged(a, a), a) << "idempotent";
    EXPECT_EQ(merged(a, b), merged(b, a)) << "commutative";
    EXPECT_EQ(merged(merged(a, b), c), merged(a, merged(b, c))) << "associative";
    EXPECT_TRUE(at_most(a, merged(a, b)) && at_most(b, merged(a, b))) << "an upper bound";
    EXPECT_EQ(at_most(a, c) && at_most(b, c), at_most(merged(a, b), c)) << "and the least";
  });
}

TEST(vector_clock, is_read_back_from_its_entries) {
  testing::for_each_seed(100, [](random_generator random) {
    auto clock = random_clock(random);
    EXPECT_EQ(clock_of(clock.entries()), clock);
  });
}

std::vector<entry> entries_of_that_many_origins(std::size_t count) {
  std::vector<entry> entries;
  for (std::size_t i = 1; i <= count; ++i)
    entries.push_back({peer{{0, i}, {1}}, {1}});
  return entries;
}

TEST(vector_clock, takes_as_many_entries_as_its_limit_and_no_more) {
  auto limit = vector_clock::max_entries;
  EXPECT_TRUE(vector_clock::from_entries(entries_of_that_many_origins(limit)));
  auto refused = vector_clock::from_entries(entries_of_that_many_origins(limit + 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().code, errc::too_large);
}

TEST(vector_clock, takes_counts_up_to_its_limit_and_no_more) {
  auto clock = clock_of({{ada, vector_clock::max_count}});
  EXPECT_EQ(clock.increment(ada), vector_clock::max_count.next());
  EXPECT_FALSE(vector_clock::from_entries({{ada, vector_clock::max_count.next()}}));
  EXPECT_FALSE(vector_clock::from_entries({{ada, event_count::max()}}));
}

TEST(vector_clock, is_not_made_of_entries_that_no_clock_has) {
  auto code_for = [](std::vector<entry> entries) {
    return vector_clock::from_entries(std::move(entries)).failure().code;
  };
  EXPECT_EQ(code_for({{ada, {0}}}), errc::malformed) << "no events";
  EXPECT_EQ(code_for({{ada, {1}}, {ada, {2}}}), errc::malformed) << "an origin twice";
  EXPECT_EQ(code_for({{bob, {1}}, {ada, {1}}}), errc::malformed) << "out of order";
}

TEST(vector_clock, is_read_back_from_its_bytes) {
  testing::for_each_seed(100, [](random_generator random) {
    auto clock = random_clock(random);
    auto read = codec::decode<vector_clock>(codec::encode(clock));
    ASSERT_TRUE(read) << to_string(read.failure());
    EXPECT_EQ(*read, clock);
  });
}

TEST(vector_clock, is_not_read_from_bytes_that_no_clock_has) {
  auto out_of_order = codec::encode(std::vector<entry>{{bob, {1}}, {ada, {1}}});
  auto too_many = codec::encode(entries_of_that_many_origins(vector_clock::max_entries + 1));
  for (const auto& bytes : {out_of_order, too_many}) {
    auto refused = codec::decode<vector_clock>(bytes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.failure().code, errc::malformed);
  }
}

TEST(vector_clock, prints_its_entries) {
  EXPECT_EQ(to_string(vector_clock{}), "{}");
  EXPECT_EQ(to_string(clock_of({{ada, {3}}, {bob_restarted, {1}}})), "{00000000/1:3 00000000/2:1}");
}

} // namespace
} // namespace chorus
