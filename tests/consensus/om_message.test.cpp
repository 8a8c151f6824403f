#include <chorus/consensus/generals/om_message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

#include <gtest/gtest.h>

namespace chorus::consensus::generals::om {
namespace {

shared_bytes encoded(const message& what) {
  return shared_bytes{codec::encode(what)};
}

TEST(oral_message, survives_the_wire) {
  const message what{{7}, order::attack, {0, 2, 1}};
  auto read = wire::decode(shared_bytes{wire::encode(what).head});
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, what);
}

TEST(oral_message, travels_along_the_longest_path_and_none_longer) {
  message what{{~std::uint64_t{}}, order::attack, path(traitors_limit + 1, 9)};
  EXPECT_TRUE(wire::decode(encoded(what)));
  what.by.push_back(9);
  auto read = wire::decode(encoded(what));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.failure().code, errc::too_large);
}

TEST(oral_message, is_malformed_with_an_order_that_does_not_exist_or_without_a_path) {
  EXPECT_EQ(wire::decode(encoded({{7}, static_cast<order>(2), {0}})).failure().code, errc::malformed);
  EXPECT_EQ(wire::decode(encoded({{7}, order::attack, {}})).failure().code, errc::malformed);
}

TEST(oral_message, is_malformed_when_cut_short_or_followed_by_anything) {
  const auto whole = wire::encode({{7}, order::attack, {0, 2}}).head;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const byte_buffer head{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
    EXPECT_EQ(wire::decode(shared_bytes{head}).failure().code, errc::malformed);
  }
  auto longer = whole;
  longer.push_back({});
  EXPECT_EQ(wire::decode(shared_bytes{longer}).failure().code, errc::malformed);
  EXPECT_EQ(wire::decode(shared_bytes{whole}, shared_bytes{byte_buffer(1)}).failure().code, errc::malformed);
}

} // namespace
} // namespace chorus::consensus::generals::om
