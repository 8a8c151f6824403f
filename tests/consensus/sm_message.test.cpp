#include "army.hpp"

#include <chorus/consensus/generals/sm_message.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <gtest/gtest.h>

namespace chorus::consensus::generals::sm {
namespace {

struct signed_message : testing::Test {
  std::vector<peer> army = battle_of(4, 2, 0).generals;
  simulation::symbolic_signatures registry{1};
  simulation::symbolic_signer reader{registry, army[3].node};
  message what = signed_by({0, 1, 2});

  message signed_by(const std::vector<general>& signers, order given = order::attack) {
    message made{{7}, given, {}};
    for (auto who : signers) {
      simulation::symbolic_signer signer{registry, army[who].node};
      endorse(made, who, signer);
    }
    return made;
  }

  bool is_genuine() const { return sm::is_genuine(what, army, reader); }
};

TEST_F(signed_message, is_genuine_as_it_was_signed) {
  EXPECT_TRUE(is_genuine());
  EXPECT_TRUE(what.is_endorsed_by(2));
  EXPECT_FALSE(what.is_endorsed_by(3));
}

TEST_F(signed_message, is_genuine_without_its_last_signatures) {
  what.chain.pop_back();
  EXPECT_TRUE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_with_another_order) {
  what.what = order::retreat;
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_in_another_battle) {
  what.battle = what.battle.next();
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_with_a_signature_left_out) {
  what.chain.erase(what.chain.begin() + 1);
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_in_another_sequence) {
  std::swap(what.chain[1], what.chain[2]);
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_in_the_name_of_another) {
  what.chain[2].by = 3;
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_with_one_byte_of_a_signature_changed) {
  what.chain[1].mark[0] ^= std::byte{1};
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, is_not_genuine_with_a_signature_from_another_order) {
  what.chain[0].mark = signed_by({0}, order::retreat).chain[0].mark;
  EXPECT_FALSE(is_genuine());
}

TEST_F(signed_message, survives_the_wire) {
  auto read = wire::decode(shared_bytes{wire::encode(what).head});
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, what);
}

TEST_F(signed_message, travels_with_the_longest_chain_and_none_longer) {
  what.chain.resize(traitors_limit + 1);
  EXPECT_TRUE(wire::decode(shared_bytes{codec::encode(what)}));
  what.chain.resize(traitors_limit + 2);
  auto read = wire::decode(shared_bytes{codec::encode(what)});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.failure().code, errc::too_large);
}

TEST_F(signed_message, is_malformed_with_an_order_that_does_not_exist_or_without_signature) {
  auto code_of = [](const message& sent) {
    return wire::decode(shared_bytes{codec::encode(sent)}).failure().code;
  };
  what.what = static_cast<order>(2);
  EXPECT_EQ(code_of(what), errc::malformed);
  EXPECT_EQ(code_of({{7}, order::attack, {}}), errc::malformed);
}

TEST_F(signed_message, is_malformed_when_cut_short_or_followed_by_anything) {
  const auto whole = wire::encode(what).head;
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
} // namespace chorus::consensus::generals::sm
