#include "../support/seeds.hpp"

#include <chorus/runtime/random.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

namespace chorus {
namespace {

using ::testing::ElementsAre;

template <class Draw>
auto draws(int count, Draw&& draw) {
  std::vector<decltype(draw())> drawn;
  for (int i = 0; i < count; ++i)
    drawn.push_back(draw());
  return drawn;
}

// The numbers come from a transcription of Blackman and Vigna's splitmix64.c and xoshiro256starstar.c
// that was first checked against their known outputs (splitmix64 from 1234567: 6457827717110365317, …;
// xoshiro256** from the state {1, 2, 3, 4}: 11520, 0, 1509978240, 1215971899390074240, …).
TEST(random_generator, draws_the_numbers_of_the_published_generator) {
  random_generator zero{0};
  EXPECT_THAT(
      draws(3, [&] { return zero.next(); }),
      ElementsAre(11091344671253066420u, 13793997310169335082u, 1900383378846508768u)
  );
  random_generator other{42};
  EXPECT_THAT(
      draws(6, [&] { return other.next(); }),
      ElementsAre(
          1546998764402558742u,
          6990951692964543102u,
          12544586762248559009u,
          17057574109182124193u,
          18295552978065317476u,
          14199186830065750584u
      )
  );
}

TEST(random_generator, draws_the_same_on_every_platform) {
  random_generator below{42};
  EXPECT_THAT(
      draws(10, [&] { return below.below(100); }), ElementsAre(8, 37, 68, 92, 99, 76, 71, 85, 76, 58)
  );
  // About every second draw is thrown away for this many.
  random_generator rejecting{42};
  EXPECT_THAT(
      draws(3, [&] { return rejecting.below((std::uint64_t{1} << 63) + 1); }),
      ElementsAre(9147776489032658738u, 7099593415032875292u, 6633989454467100377u)
  );
  random_generator between{42};
  EXPECT_THAT(draws(10, [&] { return between.between(-5, 5); }), ElementsAre(-5, -1, 2, 5, 5, 3, 2, 4, 3, 1));
  random_generator chance{42};
  EXPECT_THAT(draws(4, [&] { return chance.chance(0.5); }), ElementsAre(true, true, false, false));
  std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7};
  random_generator{42}.shuffle(items);
  EXPECT_THAT(items, ElementsAre(7, 1, 6, 3, 5, 4, 2, 0));
}

TEST(random_generator, draws_each_number_below_a_count_about_equally_often) {
  constexpr int count = 7;
  constexpr int rounds = 70'000;
  std::array<int, count> seen{};
  random_generator random{1};
  for (int i = 0; i < rounds; ++i)
    ++seen.at(random.below(count));
  // Chi-square with six degrees of freedom is above 22.5 once in a thousand seeds.
  double chi_square = 0;
  for (double times : seen)
    chi_square += (times - rounds / count) * (times - rounds / count) / (rounds / count);
  EXPECT_LT(chi_square, 22.5);
}

TEST(random_generator, draws_without_bias_where_a_remainder_would_show_it) {
  // With 3 * 2^62 numbers, `next() % count` would give the lower third twice as often.
  constexpr std::uint64_t third = std::uint64_t{1} << 62;
  constexpr int rounds = 30'000;
  int lower = 0;
  random_generator random{1};
  for (int i = 0; i < rounds; ++i)
    lower += random.below(3 * third) < third;
  EXPECT_NEAR(lower, rounds / 3, 400);
}

TEST(random_generator, includes_both_ends_of_an_interval) {
  std::map<std::int64_t, int> seen;
  random_generator random{1};
  for (int i = 0; i < 1'000; ++i)
    ++seen[random.between(-1, 1)];
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen.begin()->first, -1);
  EXPECT_EQ(seen.rbegin()->first, 1);
}

TEST(random_generator, draws_from_intervals_of_any_width) {
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  testing::for_each_seed(100, [&](random_generator random) {
    EXPECT_EQ(random.between(lowest, lowest), lowest);
    EXPECT_EQ(random.between(highest, highest), highest);
    EXPECT_LT(random.between(lowest, highest - 1), highest);
    random.between(lowest, highest);
    EXPECT_EQ(random.below(1), 0u);
  });
}

TEST(random_generator, draws_lengths_of_time) {
  using std::chrono::milliseconds;
  testing::for_each_seed(100, [](random_generator random) {
    auto drawn = random.duration_between(milliseconds{150}, milliseconds{300});
    EXPECT_GE(drawn, milliseconds{150});
    EXPECT_LE(drawn, milliseconds{300});
  });
}

TEST(random_generator, takes_probabilities_at_their_word) {
  random_generator random{1};
  int quarter = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1));
    quarter += random.chance(0.25);
  }
  EXPECT_NEAR(quarter, 2'500, 150);
}

TEST(random_generator, shuffles_into_every_order_about_equally_often) {
  constexpr int rounds = 24'000;
  std::map<std::array<int, 4>, int> seen;
  random_generator random{1};
  for (int i = 0; i < rounds; ++i) {
    std::array<int, 4> items{1, 2, 3, 4};
    random.shuffle(items);
    ++seen[items];
  }
  EXPECT_EQ(seen.size(), 24u);
  for (const auto& [order, times] : seen)
    EXPECT_NEAR(times, rounds / 24, 150) << ::testing::PrintToString(order);
}

TEST(random_generator, shuffles_nothing_and_one_item) {
  random_generator random{1};
  std::vector<int> nothing;
  random.shuffle(nothing);
  EXPECT_TRUE(nothing.empty());
  std::vector<int> one{7};
  random.shuffle(one);
  EXPECT_THAT(one, ElementsAre(7));
}

TEST(random_generator, splits_off_generators_that_draw_on_their_own) {
  random_generator parent{42};
  auto child = parent.split();
  EXPECT_THAT(
      draws(2, [&] { return child.next(); }), ElementsAre(10296431413203944531u, 1184342940732292706u)
  );
  EXPECT_THAT(
      draws(2, [&] { return parent.next(); }), ElementsAre(6990951692964543102u, 12544586762248559009u)
  );
}

TEST(random_generator_death, comes_of_drawing_from_nothing) {
  random_generator random{1};
  EXPECT_DEATH(random.below(0), "nothing to draw from");
  EXPECT_DEATH(random.between(1, 0), "an empty interval");
}

} // namespace
} // namespace chorus
