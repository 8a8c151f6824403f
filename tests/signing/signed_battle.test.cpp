#include "../consensus/battlefield.hpp"
#include "keys.hpp"

#include <chorus/consensus/generals/sm.hpp>
#include <chorus/runtime/signing/ed25519.hpp>

#include <gtest/gtest.h>

#include <memory>

/// The generals with the signatures of production.
namespace chorus::testing {
namespace {

using generals::commander;
using generals::general;
using generals::order;
namespace sm = generals::sm;

constexpr std::size_t generals_count = 3;

struct battle_with_ed25519 : ::testing::Test {
  battle_with_ed25519() {
    for (std::size_t who = 0; who < generals_count; ++who)
      keys.push_back(std::make_unique<signing::ed25519>(
          peer_of(static_cast<general>(who)).node, signing::key_of(static_cast<unsigned char>(who))
      ));
    for (auto& reader : keys)
      for (std::size_t who = 0; who < generals_count; ++who)
        EXPECT_FALSE(reader->trust(peer_of(static_cast<general>(who)).node, keys[who]->own_key()));
  }

  auto make() {
    return [this](const generals::battle& fought) { return sm::core{fought, *keys[fought.self]}; };
  }

  std::vector<std::unique_ptr<signing::ed25519>> keys;
};

TEST_F(battle_with_ed25519, is_won_by_three_loyal_generals) {
  battlefield<sm::core, sm::wire> field{{.generals = generals_count, .traitors = {}}, make()};
  EXPECT_TRUE(field.fight(order::attack).holds());
  EXPECT_EQ(field.decision(1), order::attack);
  EXPECT_EQ(field.decision(2), order::attack);
  EXPECT_EQ(field.total(&sm::counters::forged), 0u);
}

TEST_F(battle_with_ed25519, is_won_although_a_lieutenant_changes_the_order) {
  battlefield<sm::core, sm::wire> field{{.generals = generals_count, .traitors = {2}}, make()};
  field.lie = [](auto& from_traitors, const auto&) {
    for (auto& sent : from_traitors) {
      auto what = *sm::wire::decode(shared_bytes{sent.bytes});
      what.what = order::retreat;
      sent.bytes = sm::wire::encode(what).head;
    }
  };
  EXPECT_TRUE(field.fight(order::attack).holds());
  EXPECT_EQ(field.decision(1), order::attack);
  EXPECT_EQ(field.total(&sm::counters::forged), 1u);
}

TEST_F(battle_with_ed25519, ends_in_retreat_when_the_commander_signs_two_orders) {
  battlefield<sm::core, sm::wire> field{{.generals = generals_count, .traitors = {commander}}, make()};
  field.lie = [this](auto& from_traitors, const auto&) {
    for (auto& sent : from_traitors)
      if (sent.to == 2) {
        sm::message other{{1}, order::retreat, {}};
        sm::endorse(other, commander, *keys[commander]);
        sent.bytes = sm::wire::encode(other).head;
      }
  };
  EXPECT_TRUE(field.fight(order::attack).ic1);
  EXPECT_EQ(field.decision(1), order::retreat);
  EXPECT_EQ(field.decision(2), order::retreat);
}

} // namespace
} // namespace chorus::testing
