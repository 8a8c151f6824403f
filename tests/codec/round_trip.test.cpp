#include "rich_types.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <vector>

namespace chorus::codec::test {
namespace {

/// Random values of the rich types, small and often at the edges.
class random_values {
public:
  explicit random_values(std::uint64_t seed) : chance_(seed) {}

  template <class Number>
  Number number() {
    switch (chance_.below(4)) {
    case 0:
      return std::numeric_limits<Number>::min();
    case 1:
      return std::numeric_limits<Number>::max();
    case 2:
      return static_cast<Number>(chance_.below(4));
    default:
      return static_cast<Number>(chance_.next());
    }
  }

  std::string text() {
    std::string made(chance_.below(20), '\0');
    for (auto& each : made)
      each = number<char>();
    return made;
  }

  /// Calls `make` a few times.
  template <class Make>
  void some(Make make) {
    for (auto left = chance_.below(6); left > 0; --left)
      make();
  }

  sequences any_sequences() {
    sequences made;
    made.text = text();
    some([&] { made.bytes.push_back(std::byte{number<std::uint8_t>()}); });
    some([&] { made.numbers.push_back(number<std::int64_t>()); });
    some([&] { made.reals.push_back(number<double>()); });
    some([&] { made.flags.push_back(chance_.chance(0.5)); });
    some([&] { made.texts.push_back(text()); });
    some([&] { made.colours.push_back(static_cast<colour>(number<std::uint8_t>())); });
    some([&] { made.pairs.emplace_back(number<std::uint8_t>(), text()); });
    some([&] { made.arrays.push_back({number<std::uint16_t>(), number<std::uint16_t>()}); });
    some([&] { made.nothings.emplace_back(); });
    return made;
  }

  tables any_tables() {
    tables made;
    some([&] { made.map[text()].push_back(number<std::int32_t>()); });
    some([&] { made.multimap.emplace(number<std::uint8_t>(), text()); });
    some([&] { made.set.emplace(number<std::uint8_t>(), number<std::int8_t>()); });
    some([&] { made.multiset.insert(number<double>()); });
    some([&] { made.unordered_map[text()] = number<std::uint32_t>(); });
    some([&] { made.unordered_multimap.emplace(number<std::uint8_t>(), text()); });
    some([&] { made.unordered_set.insert(number<std::uint64_t>()); });
    some([&] { made.unordered_multiset.insert(text()); });
    some([&] {
      auto& inner = made.nested[peer{{number<std::uint64_t>(), 1}, {number<std::uint64_t>()}}];
      some([&] { inner.insert(number<double>()); });
    });
    return made;
  }

  choices any_choices(int depth = 0) {
    choices made;
    switch (chance_.below(depth < 3 ? 4 : 3)) {
    case 0:
      break;
    case 1:
      made.any = chance_.chance(0.5);
      break;
    case 2:
      made.any = text();
      break;
    default:
      some([&, &list = made.any.emplace<std::vector<choices>>()] { list.push_back(any_choices(depth + 1)); });
    }
    if (chance_.chance(0.5))
      made.maybe.emplace(chance_.chance(0.5) ? std::optional{chance_.chance(0.5)} : std::nullopt);
    made.times = {
        std::chrono::milliseconds{number<std::int64_t>()},
        time_point{duration{number<std::int64_t>()}},
        std::chrono::duration<std::int16_t>{number<std::int16_t>()}};
    return made;
  }

  tree any_tree(int depth = 0) {
    tree made;
    made.label = number<std::uint8_t>();
    if (depth < 5) {
      if (chance_.chance(0.5))
        made.left = std::make_unique<tree>(any_tree(depth + 1));
      for (auto left = chance_.below(3); left > 0; --left)
        made.right.push_back(any_tree(depth + 1));
    }
    return made;
  }

private:
  random_generator chance_;
};

template <class T>
void expect_round_trip(const T& value, std::uint64_t seed) {
  const auto bytes = encode(value);
  const auto decoded = decode<T>(bytes);
  ASSERT_TRUE(decoded) << "seed " << seed << ": " << to_string(decoded.failure());
  EXPECT_EQ(*decoded, value) << "seed " << seed;
  EXPECT_EQ(encode(*decoded), bytes) << "seed " << seed;
}

TEST(round_trip, gives_back_any_value) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    random_values values{seed};
    expect_round_trip(values.any_sequences(), seed);
    expect_round_trip(values.any_tables(), seed);
    expect_round_trip(values.any_choices(), seed);
    expect_round_trip(values.any_tree(), seed);
    expect_round_trip(versioned{values.text(), values.number<std::uint32_t>()}, seed);
  }
}

TEST(round_trip, keeps_every_bit_of_a_floating_point_number) {
  const std::vector<std::uint64_t> zero_negative_zero_nan_denormal{
      0, 0x8000000000000000, 0x7ff8000000000001, 1};
  for (const auto bits : zero_negative_zero_nan_denormal) {
    const auto decoded = decode<double>(encode(std::bit_cast<double>(bits)));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*decoded), bits);
  }
}

TEST(round_trip, of_a_container_does_not_keep_what_was_there) {
  const auto bytes =
      encode(std::tuple{std::vector<std::string>{"new"}, std::map<int, int>{{1, 2}}, std::optional<int>{}});
  std::tuple value{std::vector<std::string>{"old", "old"}, std::map<int, int>{{3, 4}}, std::optional<int>{5}};
  reader in{bytes};
  in(value);
  EXPECT_EQ(
      value, (std::tuple{std::vector<std::string>{"new"}, std::map<int, int>{{1, 2}}, std::optional<int>{}})
  );
}

TEST(encoding, of_equal_unordered_containers_is_equal_whatever_their_history) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    random_generator chance{seed};
    std::vector<std::pair<std::string, std::uint64_t>> entries;
    for (std::uint64_t i = 0; i < 100; ++i)
      entries.emplace_back(std::to_string(chance.below(1000)), i);
    std::sort(entries.begin(), entries.end());
    entries.erase(
        std::unique(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.first == b.first; }),
        entries.end()
    );
    std::unordered_map<std::string, std::uint64_t> ascending(entries.begin(), entries.end());
    std::unordered_multimap<std::string, std::uint64_t> ascending_multi(entries.begin(), entries.end());

    chance.shuffle(entries);
    std::unordered_map<std::string, std::uint64_t> shuffled;
    shuffled.rehash(10'007);
    std::unordered_multimap<std::string, std::uint64_t> shuffled_multi;
    shuffled_multi.rehash(10'007);
    for (const auto& [key, value] : entries) {
      shuffled["gone"] = 1;
      shuffled.emplace(key, value);
      shuffled_multi.emplace(key, value);
      shuffled.erase("gone");
    }

    ASSERT_EQ(ascending, shuffled);
    EXPECT_EQ(encode(ascending), encode(shuffled)) << "seed " << seed;
    EXPECT_EQ(encode(ascending_multi), encode(shuffled_multi)) << "seed " << seed;
    EXPECT_EQ(encode(ascending), encode(ascending_multi)) << "seed " << seed;
  }
}

TEST(encoding, of_equal_keys_of_an_unordered_multimap_is_sorted_by_value) {
  const std::unordered_multimap<int, int> one{{1, 2}, {1, 3}, {1, 1}};
  const std::unordered_multimap<int, int> other{{1, 3}, {1, 1}, {1, 2}};
  EXPECT_EQ(encode(one), encode(other));
}

TEST(encoding, does_not_depend_on_what_stands_before_it) {
  byte_buffer twice;
  const versioned value{"a", 1};
  ASSERT_FALSE(encode_to(twice, value));
  ASSERT_FALSE(encode_to(twice, value));
  EXPECT_EQ(twice, encode(std::pair{value, value}));
}

} // namespace
} // namespace chorus::codec::test
