#include "rich_types.hpp"

#include <chorus/runtime/codec/codec.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chorus::codec {
namespace {

/// The largest piece of memory that a `counting` allocator was asked for, in bytes.
std::size_t largest_allocation = 0;

template <class T>
struct counting : std::allocator<T> {
  counting() = default;
  template <class U>
  counting(const counting<U>&) noexcept {}

  template <class U>
  struct rebind {
    using other = counting<U>;
  };

  T* allocate(std::size_t count) {
    largest_allocation = std::max(largest_allocation, count * sizeof(T));
    return std::allocator<T>::allocate(count);
  }
};

/// One byte on the wire, many in memory.
struct fat {
  std::uint8_t tag = 0;
  std::array<std::uint64_t, 32> derived{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(tag);
  }
};

struct nothing {
  template <class Archive>
  void serialize(Archive&) {}
};

byte_buffer bytes_of(std::initializer_list<int> values) {
  byte_buffer bytes;
  for (const int value : values)
    bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

byte_buffer count_and_padding(std::uint32_t count, std::size_t padding) {
  auto bytes = encode(count);
  bytes.resize(bytes.size() + padding);
  return bytes;
}

template <class T>
void expect_error(const_bytes bytes, errc code, std::string_view part, const options& how = {}) {
  const auto value = decode<T>(bytes, how);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.failure().code, code);
  EXPECT_NE(value.failure().what.find(part), std::string::npos) << value.failure().what;
}

template <class Container>
void expect_count_refused_without_memory(std::uint32_t count) {
  largest_allocation = 0;
  expect_error<Container>(
      count_and_padding(count, 3), errc::malformed, "a count of " + std::to_string(count)
  );
  EXPECT_LE(largest_allocation, 64u);
}

TEST(hostile_count, reserves_no_memory) {
  for (const std::uint32_t count : {4u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    expect_count_refused_without_memory<std::vector<std::byte, counting<std::byte>>>(count);
    expect_count_refused_without_memory<std::vector<std::int64_t, counting<std::int64_t>>>(count);
    expect_count_refused_without_memory<std::vector<bool, counting<bool>>>(count);
    expect_count_refused_without_memory<std::vector<std::string, counting<std::string>>>(count);
    expect_count_refused_without_memory<std::basic_string<char, std::char_traits<char>, counting<char>>>(count
    );
    expect_count_refused_without_memory<std::deque<std::string>>(count);
    expect_count_refused_without_memory<std::list<std::string>>(count);
    expect_count_refused_without_memory<std::set<std::string>>(count);
    expect_count_refused_without_memory<std::map<std::string, int>>(count);
    expect_count_refused_without_memory<
        std::unordered_set<int, std::hash<int>, std::equal_to<>, counting<int>>>(count);
    expect_count_refused_without_memory<std::unordered_multimap<std::string, int>>(count);
  }
}

TEST(hostile_count, of_users_types_reserves_no_more_than_the_bytes_that_are_left) {
  largest_allocation = 0;
  expect_error<std::vector<fat, counting<fat>>>(
      count_and_padding(0x80000000, 1000), errc::malformed, "a count of 2147483648"
  );
  EXPECT_EQ(largest_allocation, 0u);

  // A count that the bytes can just hold is believed element by element: memory grows with what was read.
  expect_error<std::vector<fat, counting<fat>>>(count_and_padding(3000, 1000), errc::malformed, "cut short");
  EXPECT_LE(largest_allocation, 2 * 1000 * sizeof(fat));
}

TEST(hostile_count, is_checked_against_the_least_size_of_its_elements) {
  EXPECT_TRUE(decode<std::vector<std::uint64_t>>(count_and_padding(2, 16)));
  expect_error<std::vector<std::uint64_t>>(count_and_padding(2, 15), errc::malformed, "a count of 2");
  EXPECT_TRUE(decode<std::vector<std::string>>(count_and_padding(2, 8)));
  expect_error<std::vector<std::string>>(count_and_padding(2, 7), errc::malformed, "a count of 2");
  using entries = std::multimap<std::uint16_t, std::uint32_t>;
  EXPECT_TRUE(decode<entries>(count_and_padding(2, 12)));
  expect_error<entries>(count_and_padding(2, 11), errc::malformed, "a count of 2");
}

TEST(hostile_count, of_elements_without_bytes_is_limited) {
  const auto most = static_cast<std::uint32_t>(zero_byte_elements);
  EXPECT_TRUE(decode<std::vector<nothing>>(count_and_padding(most, 0)));
  EXPECT_TRUE(decode<std::list<std::monostate>>(count_and_padding(most, 0)));
  expect_error<std::vector<nothing>>(count_and_padding(most + 1, 0), errc::malformed, "a count of");
  expect_error<std::vector<nothing>>(count_and_padding(most + 1, 1), errc::too_large, "without a byte");
}

TEST(hostile_count, of_elements_without_bytes_is_limited_over_all_containers_together) {
  const auto half = static_cast<std::uint32_t>(zero_byte_elements / 2);
  std::vector<std::vector<nothing>> value(2, std::vector<nothing>(half));
  byte_buffer bytes;
  ASSERT_FALSE(encode_to(bytes, value));
  EXPECT_TRUE(decode<decltype(value)>(bytes));

  value.emplace_back(1);
  EXPECT_EQ(encode_to(bytes, value).code, errc::too_large);
  auto hostile = encode(std::vector<std::uint32_t>{half, half, 1});
  expect_error<decltype(value)>(hostile, errc::too_large, "without a byte");
}

TEST(hostile_bytes, cut_short_anywhere_are_an_error) {
  test::sequences value;
  value.text = "hello";
  value.numbers = {1, 2};
  value.texts = {"a", "b"};
  value.pairs = {{1, "x"}};
  value.arrays = {{1, 2}};
  const auto bytes = encode(std::pair{value, test::versioned{"name", 7}});
  ASSERT_TRUE((decode<std::pair<test::sequences, test::versioned>>(bytes)));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode<std::pair<test::sequences, test::versioned>>(const_bytes{bytes}.first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.failure().code, errc::malformed) << size;
  }
}

TEST(hostile_bytes, left_over_are_an_error_of_a_whole_message_only) {
  const auto bytes = bytes_of({1, 0, 9});
  expect_error<std::uint16_t>(bytes, errc::malformed, "1 bytes too many, at byte 2");
  reader in{bytes};
  EXPECT_EQ(*decode_prefix<std::uint16_t>(in), 1);
  EXPECT_EQ(*decode_prefix<std::uint8_t>(in), 9);
  EXPECT_EQ(in.left(), 0u);
}

TEST(hostile_bytes, that_are_no_flag_are_refused_with_their_place) {
  expect_error<bool>(bytes_of({2}), errc::malformed, "neither 0 nor 1");
  expect_error<std::optional<int>>(bytes_of({2, 0, 0, 0, 0}), errc::malformed, "neither 0 nor 1");
  expect_error<std::unique_ptr<int>>(bytes_of({255, 0, 0, 0, 0}), errc::malformed, "neither 0 nor 1");
  expect_error<std::vector<bool>>(bytes_of({2, 0, 0, 0, 1, 2}), errc::malformed, "at byte 6");
}

TEST(hostile_bytes, that_name_no_alternative_are_refused) {
  using choice = std::variant<std::uint8_t, bool>;
  EXPECT_TRUE(decode<choice>(bytes_of({1, 1})));
  expect_error<choice>(bytes_of({2, 1}), errc::malformed, "names no alternative");
}

TEST(hostile_bytes, out_of_canonical_order_are_refused) {
  const auto ascending = bytes_of({2, 0, 0, 0, 1, 2});
  const auto descending = bytes_of({2, 0, 0, 0, 2, 1});
  const auto equal = bytes_of({2, 0, 0, 0, 1, 1});
  EXPECT_TRUE(decode<std::set<std::uint8_t>>(ascending));
  expect_error<std::set<std::uint8_t>>(descending, errc::malformed, "out of order");
  expect_error<std::set<std::uint8_t>>(equal, errc::malformed, "out of order");
  EXPECT_TRUE(decode<std::multiset<std::uint8_t>>(equal));
  expect_error<std::multiset<std::uint8_t>>(descending, errc::malformed, "out of order");
  EXPECT_TRUE(decode<std::unordered_set<std::uint8_t>>(ascending));
  expect_error<std::unordered_set<std::uint8_t>>(descending, errc::malformed, "out of order");
  expect_error<std::unordered_set<std::uint8_t>>(equal, errc::malformed, "out of order");
  EXPECT_TRUE(decode<std::unordered_multiset<std::uint8_t>>(equal));
  expect_error<std::unordered_multiset<std::uint8_t>>(descending, errc::malformed, "out of order");
}

TEST(hostile_bytes, with_a_key_twice_are_refused) {
  const auto twice = bytes_of({2, 0, 0, 0, 1, 8, 1, 9});
  expect_error<std::map<std::uint8_t, std::uint8_t>>(twice, errc::malformed, "out of order");
  expect_error<std::unordered_map<std::uint8_t, std::uint8_t>>(twice, errc::malformed, "out of order");
  EXPECT_TRUE((decode<std::multimap<std::uint8_t, std::uint8_t>>(twice)));
  EXPECT_TRUE((decode<std::unordered_multimap<std::uint8_t, std::uint8_t>>(twice)));
}

TEST(hostile_bytes, of_a_duration_that_does_not_fit_are_refused) {
  using tiny = std::chrono::duration<std::int8_t>;
  EXPECT_TRUE(decode<tiny>(encode(std::chrono::seconds{127})));
  expect_error<tiny>(encode(std::chrono::seconds{128}), errc::malformed, "cannot hold");
}

/// `tree`s within the left sides of `tree`s, `depth` of them, as bytes.
byte_buffer encoded_chain(std::size_t depth) {
  byte_buffer bytes;
  for (std::size_t i = 1; i < depth; ++i)
    bytes.insert(bytes.end(), {std::byte{0}, std::byte{1}});
  bytes.insert(bytes.end(), {std::byte{0}, std::byte{0}});
  bytes.resize(bytes.size() + depth * 4);
  return bytes;
}

TEST(depth, is_limited_for_recursion_of_users_types) {
  // A tree and the pointer to its left side are one level each, and so is the last, empty pointer.
  static_assert(limits::decode_depth % 2 == 0);
  EXPECT_TRUE(decode<test::tree>(encoded_chain(limits::decode_depth / 2)));
  expect_error<test::tree>(encoded_chain(limits::decode_depth / 2 + 1), errc::too_large, "nested deeper");
  expect_error<test::tree>(encoded_chain(1'000'000), errc::too_large, "nested deeper");
}

TEST(depth, is_limited_for_containers) {
  using nested = std::optional<std::vector<std::pair<std::string, bool>>>;
  const auto bytes = encode(nested{{{"a", true}}});
  EXPECT_TRUE(decode<nested>(bytes, {.depth = 3}));
  expect_error<nested>(bytes, errc::too_large, "nested deeper than 2 values", {.depth = 2});
}

TEST(depth, is_limited_in_the_same_way_for_encoding) {
  auto value = *decode<test::tree>(encoded_chain(limits::decode_depth / 2));
  byte_buffer bytes = bytes_of({42});
  ASSERT_FALSE(encode_to(bytes, value));
  EXPECT_EQ(bytes.size(), 1 + encoded_chain(limits::decode_depth / 2).size());

  test::tree taller;
  taller.left = std::make_unique<test::tree>(std::move(value));
  bytes = bytes_of({42});
  EXPECT_EQ(encode_to(bytes, taller).code, errc::too_large);
  EXPECT_EQ(bytes, bytes_of({42})) << "a failed encoding leaves nothing behind";
}

TEST(depth, of_one_element_does_not_count_for_the_next) {
  const std::vector<std::vector<std::string>> wide(1000, {"a"});
  EXPECT_TRUE(decode<std::vector<std::vector<std::string>>>(encode(wide)));
}

TEST(size, is_limited_for_decoding) {
  const auto bytes = encode(std::string(100, 'x'));
  EXPECT_TRUE(decode<std::string>(bytes, {.bytes = bytes.size()}));
  expect_error<std::string>(bytes, errc::too_large, "limit of 103 bytes", {.bytes = bytes.size() - 1});
}

TEST(size, is_limited_for_encoding_beside_what_the_buffer_holds_already) {
  const std::string text(100, 'x');
  byte_buffer bytes = bytes_of({42});
  EXPECT_FALSE(encode_to(bytes, text, {.bytes = 104}));
  EXPECT_EQ(bytes.size(), 105u);
  const auto failure = encode_to(bytes, text, {.bytes = 103});
  EXPECT_EQ(failure.code, errc::too_large);
  EXPECT_EQ(bytes.size(), 105u);
}

TEST(size, is_limited_to_one_message_by_default) {
  byte_buffer bytes;
  EXPECT_FALSE(encode_to(bytes, byte_buffer(limits::message_bytes - 4)));
  EXPECT_TRUE(decode<byte_buffer>(bytes));
  bytes.clear();
  EXPECT_EQ(encode_to(bytes, byte_buffer(limits::message_bytes - 3)).code, errc::too_large);
}

} // namespace
} // namespace chorus::codec
