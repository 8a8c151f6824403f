#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace chorus::codec {
namespace {

enum class colour : std::uint16_t { red = 0x0102 };
enum class yes_no : bool { no, yes };

std::string hex(const byte_buffer& bytes) {
  std::string text;
  for (const auto each : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), "%s%02x", text.empty() ? "" : " ", std::to_integer<unsigned>(each));
    text += digits;
  }
  return text;
}

/// The encoding in hexadecimal; expects in passing that it decodes to the value.
template <class T>
std::string golden(const T& value) {
  const auto bytes = encode(value);
  const auto decoded = decode<T>(bytes);
  EXPECT_TRUE(decoded && *decoded == value);
  return hex(bytes);
}

TEST(golden_bytes, of_integers_are_little_endian_in_their_own_width) {
  EXPECT_EQ(golden(std::uint8_t{0xab}), "ab");
  EXPECT_EQ(golden(std::int8_t{-2}), "fe");
  EXPECT_EQ(golden(char{'a'}), "61");
  EXPECT_EQ(golden(std::uint16_t{0x0102}), "02 01");
  EXPECT_EQ(golden(std::uint32_t{0x01020304}), "04 03 02 01");
  EXPECT_EQ(golden(std::int64_t{-2}), "fe ff ff ff ff ff ff ff");
  EXPECT_EQ(golden(1L), "01 00 00 00 00 00 00 00");
  EXPECT_EQ(golden(std::size_t{1}), "01 00 00 00 00 00 00 00");
}

TEST(golden_bytes, of_floating_point_numbers_are_their_ieee_bits) {
  EXPECT_EQ(golden(1.0f), "00 00 80 3f");
  EXPECT_EQ(golden(-2.0), "00 00 00 00 00 00 00 c0");
}

TEST(golden_bytes, of_flags_and_enumerations) {
  EXPECT_EQ(golden(true), "01");
  EXPECT_EQ(golden(false), "00");
  EXPECT_EQ(golden(colour::red), "02 01");
  EXPECT_EQ(golden(yes_no::yes), "01");
}

TEST(golden_bytes, of_sequences_begin_with_a_count_of_32_bits) {
  EXPECT_EQ(golden(std::string{"ab"}), "02 00 00 00 61 62");
  EXPECT_EQ(golden(std::u16string{u"a"}), "01 00 00 00 61 00");
  EXPECT_EQ(golden(byte_buffer{std::byte{7}}), "01 00 00 00 07");
  EXPECT_EQ(golden(std::vector<std::uint16_t>{1, 2}), "02 00 00 00 01 00 02 00");
  EXPECT_EQ(golden(std::vector<colour>{colour::red}), "01 00 00 00 02 01");
  EXPECT_EQ(golden(std::vector<bool>{true, false, true}), "03 00 00 00 01 00 01");
  EXPECT_EQ(golden(std::vector<std::string>{"a", ""}), "02 00 00 00 01 00 00 00 61 00 00 00 00");
  EXPECT_EQ(golden(std::deque<std::uint8_t>{1, 2}), "02 00 00 00 01 02");
  EXPECT_EQ(golden(std::list<std::uint8_t>{}), "00 00 00 00");
}

TEST(golden_bytes, of_arrays_and_tuples_are_their_parts_only) {
  EXPECT_EQ(golden(std::array<std::uint16_t, 2>{1, 2}), "01 00 02 00");
  EXPECT_EQ(golden(std::array<bool, 2>{true, false}), "01 00");
  EXPECT_EQ(golden(std::array<int, 0>{}), "");
  EXPECT_EQ(golden(std::pair<std::uint8_t, bool>{5, true}), "05 01");
  EXPECT_EQ(golden(std::tuple<std::uint8_t, std::string>{5, "a"}), "05 01 00 00 00 61");
  EXPECT_EQ(golden(std::tuple<>{}), "");
}

TEST(golden_bytes, of_ordered_containers_are_in_their_order) {
  EXPECT_EQ(golden(std::set<std::uint8_t>{3, 1}), "02 00 00 00 01 03");
  EXPECT_EQ((golden(std::set<std::uint8_t, std::greater<>>{3, 1})), "02 00 00 00 03 01");
  EXPECT_EQ(golden(std::multiset<std::uint8_t>{3, 1, 3}), "03 00 00 00 01 03 03");
  EXPECT_EQ((golden(std::map<std::uint8_t, bool>{{2, true}, {1, false}})), "02 00 00 00 01 00 02 01");
  EXPECT_EQ((golden(std::multimap<std::uint8_t, std::uint8_t>{{1, 9}, {1, 8}})), "02 00 00 00 01 09 01 08");
}

TEST(golden_bytes, of_unordered_containers_are_sorted_by_encoded_element) {
  EXPECT_EQ(golden(std::unordered_set<std::uint16_t>{0x0001, 0x0100}), "02 00 00 00 00 01 01 00");
  EXPECT_EQ(golden(std::unordered_multiset<std::uint8_t>{3, 1, 3}), "03 00 00 00 01 03 03");
  EXPECT_EQ(
      (golden(std::unordered_map<std::uint8_t, bool>{{2, false}, {1, true}})), "02 00 00 00 01 01 02 00"
  );
  EXPECT_EQ(
      (golden(std::unordered_multimap<std::uint8_t, std::uint8_t>{{1, 9}, {1, 8}})), "02 00 00 00 01 08 01 09"
  );
}

TEST(golden_bytes, of_choices_begin_with_a_flag_or_an_index) {
  EXPECT_EQ(golden(std::optional<std::uint8_t>{}), "00");
  EXPECT_EQ(golden(std::optional<std::uint8_t>{7}), "01 07");
  using choice = std::variant<std::monostate, std::uint8_t, std::string>;
  EXPECT_EQ(golden(choice{}), "00");
  EXPECT_EQ(golden(choice{std::uint8_t{7}}), "01 07");
  EXPECT_EQ(golden(choice{"a"}), "02 01 00 00 00 61");
  EXPECT_EQ(hex(encode(std::make_unique<std::uint8_t>(std::uint8_t{7}))), "01 07");
  EXPECT_EQ(hex(encode(std::unique_ptr<std::uint8_t>{})), "00");
}

TEST(golden_bytes, of_times_are_ticks_of_64_bits) {
  EXPECT_EQ(golden(std::chrono::nanoseconds{-1}), "ff ff ff ff ff ff ff ff");
  EXPECT_EQ((golden(std::chrono::duration<std::uint8_t>{7})), "07 00 00 00 00 00 00 00");
  EXPECT_EQ((golden(std::chrono::duration<float>{1})), "00 00 80 3f");
  EXPECT_EQ(golden(time_point{duration{2}}), "02 00 00 00 00 00 00 00");
}

TEST(golden_bytes, of_structs_are_their_members_only) {
  EXPECT_EQ(golden(incarnation{5}), "05 00 00 00 00 00 00 00");
  EXPECT_EQ(
      golden(peer{{1, 2}, {3}}), "01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00"
  );
}

} // namespace
} // namespace chorus::codec
