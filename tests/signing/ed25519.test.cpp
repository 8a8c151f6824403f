#include "keys.hpp"

#include <chorus/runtime/signing/ed25519.hpp>

#include <gtest/gtest.h>

namespace chorus::signing {
namespace {

const node_id ada{0, 1};
const node_id bob{0, 2};

struct ed25519_of_two : testing::Test {
  ed25519 of_ada{ada, key_of(1)};
  ed25519 of_bob{bob, key_of(2)};
  const_bytes attack = as_bytes("attack");
};

TEST_F(ed25519_of_two, knows_its_own_signature) {
  EXPECT_TRUE(of_ada.verify(ada, attack, of_ada.sign(attack)));
}

TEST_F(ed25519_of_two, knows_a_signature_once_it_trusts_the_key) {
  const auto mark = of_ada.sign(attack);
  EXPECT_FALSE(of_bob.verify(ada, attack, mark));
  EXPECT_FALSE(of_bob.trust(ada, of_ada.own_key()));
  EXPECT_TRUE(of_bob.verify(ada, attack, mark));
  of_bob.forget(ada);
  EXPECT_FALSE(of_bob.verify(ada, attack, mark));
}

TEST_F(ed25519_of_two, takes_no_signature_of_one_for_that_of_another) {
  EXPECT_FALSE(of_bob.trust(ada, of_ada.own_key()));
  EXPECT_FALSE(of_bob.verify(ada, attack, of_bob.sign(attack)));
  EXPECT_FALSE(of_bob.verify(bob, attack, of_ada.sign(attack)));
}

TEST_F(ed25519_of_two, does_not_exchange_a_key_in_passing) {
  EXPECT_FALSE(of_bob.trust(ada, of_ada.own_key()));
  EXPECT_FALSE(of_bob.trust(ada, of_ada.own_key())) << "the same key again is no change";
  EXPECT_EQ(of_bob.trust(ada, key_of(3).public_part()).code, errc::refused);
  EXPECT_EQ(of_bob.trust(bob, key_of(3).public_part()).code, errc::refused) << "nor its own";
  EXPECT_TRUE(of_bob.verify(ada, attack, of_ada.sign(attack)));
}

TEST_F(ed25519_of_two, trusts_no_bytes_that_are_no_key) {
  EXPECT_EQ(of_bob.trust(ada, {}).code, errc::invalid_argument);
  EXPECT_FALSE(of_bob.verify(ada, attack, {}));
}

TEST_F(ed25519_of_two, knows_as_many_keys_as_the_limit_says_and_none_more) {
  for (std::uint64_t who = 0; who < ed25519::keys_limit; ++who)
    EXPECT_FALSE(of_bob.trust({1, who}, of_ada.own_key()));
  EXPECT_EQ(of_bob.trust(ada, of_ada.own_key()).code, errc::overloaded);
  of_bob.forget({1, 0});
  EXPECT_FALSE(of_bob.trust(ada, of_ada.own_key()));
}

TEST(ed25519_death, comes_of_forgetting_oneself) {
  ed25519 of_ada{ada, key_of(1)};
  EXPECT_DEATH(of_ada.forget(ada), "does not forget its own key");
}

} // namespace
} // namespace chorus::signing
