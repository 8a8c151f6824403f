#include "keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace chorus::signing {
namespace {

byte_buffer from_hex(std::string_view digits) {
  byte_buffer bytes(digits.size() / 2);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    unsigned value = 0;
    std::from_chars(digits.data() + 2 * at, digits.data() + 2 * at + 2, value, 16);
    bytes[at] = std::byte(value);
  }
  return bytes;
}

struct vector_of_rfc {
  std::string_view seed, key, message, mark;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr vector_of_rfc vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f"
     "0595bbe24655141"
     "438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2ea"
     "eb4302aeeb00d29"
     "1612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e"
     "9716ed28dc027be"
     "ceea1ec40a"},
};

TEST(key_pair, signs_as_the_vectors_of_rfc_8032_say) {
  for (const auto& known : vectors) {
    auto pair = key_pair::from_seed(from_hex(known.seed));
    ASSERT_TRUE(pair);
    EXPECT_TRUE(std::ranges::equal(pair->public_part(), from_hex(known.key)));
    const auto message = from_hex(known.message);
    const auto mark = pair->sign(message);
    EXPECT_TRUE(std::ranges::equal(mark, from_hex(known.mark)));
    EXPECT_TRUE(verify(pair->public_part(), message, mark));
  }
}

TEST(key_pair, needs_a_seed_of_32_bytes) {
  for (std::size_t size : {0, 31, 33}) {
    auto pair = key_pair::from_seed(byte_buffer(size));
    ASSERT_FALSE(pair);
    EXPECT_EQ(pair.failure().code, errc::invalid_argument);
  }
}

TEST(key_pair, is_new_each_time_it_is_generated) {
  auto first = key_pair::generate();
  auto second = key_pair::generate();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->public_part(), second->public_part());
  const auto mark = first->sign(as_bytes("attack"));
  EXPECT_TRUE(verify(first->public_part(), as_bytes("attack"), mark));
  EXPECT_FALSE(verify(second->public_part(), as_bytes("attack"), mark));
}

TEST(key_pair, signs_the_same_after_it_has_moved) {
  auto pair = key_of(1);
  const auto mark = pair.sign(as_bytes("attack"));
  auto moved = std::move(pair);
  EXPECT_EQ(moved.sign(as_bytes("attack")), mark);
  moved = key_of(2);
  EXPECT_NE(moved.sign(as_bytes("attack")), mark);
}

TEST(signature_of_ed25519, is_wrong_with_any_bit_changed) {
  const auto pair = key_of(1);
  auto mark = pair.sign(as_bytes("attack"));
  for (auto& byte : mark)
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte ^= std::byte(1u << bit);
      EXPECT_FALSE(verify(pair.public_part(), as_bytes("attack"), mark));
      byte ^= std::byte(1u << bit);
    }
  EXPECT_TRUE(verify(pair.public_part(), as_bytes("attack"), mark));
  EXPECT_FALSE(verify(pair.public_part(), as_bytes("attacks"), mark));
  EXPECT_FALSE(verify(pair.public_part(), as_bytes("attack"), {}));
}

// With the neutral element as key, anybody could sign.
TEST(public_key, is_not_of_small_order_and_is_a_point) {
  public_key neutral{std::byte{1}};
  EXPECT_EQ(check(neutral).code, errc::invalid_argument);
  public_key no_point;
  no_point.fill(std::byte{0xFF});
  EXPECT_EQ(check(no_point).code, errc::invalid_argument);
  EXPECT_FALSE(check(key_of(1).public_part()));
}

} // namespace
} // namespace chorus::signing
