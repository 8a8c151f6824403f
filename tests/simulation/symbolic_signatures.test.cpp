#include <chorus/simulation/symbolic_signatures.hpp>

#include <gtest/gtest.h>

namespace chorus::simulation {
namespace {

const node_id ada{0, 1};
const node_id bob{0, 2};

struct symbolic_signature : testing::Test {
  symbolic_signatures registry{1};
  symbolic_signer of_ada{registry, ada};
  symbolic_signer of_bob{registry, bob};
  const_bytes attack = as_bytes("attack");
  const_bytes retreat = as_bytes("retreat");
};

TEST_F(symbolic_signature, is_genuine_for_everybody) {
  auto mark = of_ada.sign(attack);
  EXPECT_TRUE(of_ada.verify(ada, attack, mark));
  EXPECT_TRUE(of_bob.verify(ada, attack, mark));
}

TEST_F(symbolic_signature, is_of_its_signer_and_its_bytes_alone) {
  auto mark = of_ada.sign(attack);
  of_ada.sign(retreat);
  of_bob.sign(attack);
  EXPECT_FALSE(of_bob.verify(ada, retreat, mark));
  EXPECT_FALSE(of_bob.verify(bob, attack, mark));
  EXPECT_FALSE(of_bob.verify(ada, as_bytes("attac"), mark));
  EXPECT_FALSE(of_bob.verify({}, attack, mark));
}

TEST_F(symbolic_signature, cannot_be_made_up) {
  EXPECT_FALSE(of_bob.verify(ada, attack, {})) << "before anything is signed";
  auto mark = of_ada.sign(attack);
  EXPECT_FALSE(of_bob.verify(ada, attack, {}));
  for (auto& byte : mark) {
    byte ^= std::byte{1};
    EXPECT_FALSE(of_bob.verify(ada, attack, mark));
    byte ^= std::byte{1};
  }
}

TEST_F(symbolic_signature, is_the_same_when_the_same_is_signed_again) {
  auto mark = of_ada.sign(attack);
  EXPECT_EQ(of_ada.sign(attack), mark);
  EXPECT_EQ(registry.size(), 1u);
  EXPECT_NE(of_bob.sign(attack), mark);
}

TEST_F(symbolic_signature, is_the_same_in_a_run_with_the_same_seed) {
  symbolic_signatures again{1};
  symbolic_signatures other{2};
  EXPECT_EQ(again.sign(ada, attack), registry.sign(ada, attack));
  EXPECT_NE(other.sign(ada, attack), registry.sign(ada, attack));
}

} // namespace
} // namespace chorus::simulation
