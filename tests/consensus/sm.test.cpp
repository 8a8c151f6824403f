#include "army.hpp"

#include <chorus/consensus/generals/sm.hpp>
#include <chorus/runtime/protocol_core.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <gtest/gtest.h>

namespace chorus::consensus::generals::sm {
namespace {

using namespace std::chrono_literals;

static_assert(protocol_core<core>);

constexpr duration instant{1};

TEST(choice_of_orders, is_the_only_order_or_retreat) {
  EXPECT_EQ(choice({}), order::retreat);
  EXPECT_EQ(choice({order::retreat}), order::retreat);
  EXPECT_EQ(choice({order::attack}), order::attack);
  EXPECT_EQ(choice({order::retreat, order::attack}), order::retreat);
}

// Lieutenant 1 of four generals in SM(2).
struct sm_lieutenant : testing::Test {
  battle fought = battle_of(4, 2, 1);
  time_point start = fought.start;
  simulation::symbolic_signatures registry{1};
  simulation::symbolic_signer own{registry, fought.generals[1].node};
  core lieutenant{fought, own};

  message signed_by(const std::vector<general>& signers, order given = order::attack) {
    message made{fought.id, given, {}};
    for (auto who : signers) {
      simulation::symbolic_signer signer{registry, fought.generals[who].node};
      endorse(made, who, signer);
    }
    return made;
  }

  void hear(const message& what, time_point at) { lieutenant.receive(at, fought.generals[0], what); }
};

TEST_F(sm_lieutenant, signs_a_new_order_and_sends_it_to_who_has_not_signed_it) {
  hear(signed_by({0}), start);
  auto output = lieutenant.drain();
  ASSERT_EQ(output.messages.size(), 2u);
  EXPECT_EQ(output.messages[0].to, fought.generals[2]);
  EXPECT_EQ(output.messages[1].to, fought.generals[3]);
  EXPECT_EQ(output.messages[0].message, signed_by({0, 1}));
  EXPECT_EQ(lieutenant.orders(), std::set{order::attack});
}

TEST_F(sm_lieutenant, sends_nothing_to_those_who_have_signed) {
  hear(signed_by({0, 2}), start);
  auto output = lieutenant.drain();
  ASSERT_EQ(output.messages.size(), 1u);
  EXPECT_EQ(output.messages[0].to, fought.generals[3]);
  EXPECT_EQ(output.messages[0].message, signed_by({0, 2, 1}));
}

TEST_F(sm_lieutenant, passes_on_with_fewer_than_m_signatures_of_lieutenants_and_no_further) {
  hear(signed_by({0, 2, 3}), start);
  EXPECT_TRUE(lieutenant.drain().messages.empty());
  EXPECT_EQ(lieutenant.counters().accepted, 1u);
}

TEST_F(sm_lieutenant, passes_on_each_order_once) {
  hear(signed_by({0}), start);
  lieutenant.drain();
  hear(signed_by({0, 2}), start);
  EXPECT_TRUE(lieutenant.drain().empty());
  EXPECT_EQ(lieutenant.counters().known, 1u);
  hear(signed_by({0, 2}, order::retreat), start);
  EXPECT_EQ(lieutenant.drain().messages.size(), 1u);
  EXPECT_EQ(lieutenant.orders().size(), 2u);
}

TEST_F(sm_lieutenant, obeys_at_the_end_of_the_last_round_and_then_is_done) {
  hear(signed_by({0}), start);
  lieutenant.drain();
  EXPECT_EQ(lieutenant.next_deadline(), start + 3s);
  lieutenant.tick(start + 3s - instant);
  EXPECT_TRUE(lieutenant.drain().empty());
  lieutenant.tick(start + 3s);
  EXPECT_EQ(lieutenant.drain().decision, decided{order::attack});
  EXPECT_EQ(lieutenant.next_deadline(), std::nullopt);
  lieutenant.tick(start + 4s);
  EXPECT_TRUE(lieutenant.drain().empty());
}

TEST_F(sm_lieutenant, retreats_when_the_commander_is_convicted_of_two_orders) {
  hear(signed_by({0}), start);
  hear(signed_by({0, 3}, order::retreat), start);
  lieutenant.tick(start + 3s);
  EXPECT_EQ(lieutenant.decision(), order::retreat);
}

TEST_F(sm_lieutenant, retreats_when_nobody_speaks) {
  lieutenant.tick(start + 3s);
  EXPECT_EQ(lieutenant.drain().decision, decided{order::retreat});
}

TEST_F(sm_lieutenant, wants_a_signature_more_for_every_round) {
  hear(signed_by({0}), start + 1s);
  hear(signed_by({0, 2}), start + 2s);
  hear(signed_by({0, 2, 3}), start + 3s);
  EXPECT_EQ(lieutenant.counters().late, 3u);
  EXPECT_TRUE(lieutenant.orders().empty());
  hear(signed_by({0, 2, 3}), start + 3s - instant);
  EXPECT_EQ(lieutenant.counters().accepted, 1u);
}

TEST_F(sm_lieutenant, takes_one_signature_before_the_end_of_the_first_round) {
  hear(signed_by({0}), start + 1s - instant);
  EXPECT_EQ(lieutenant.counters().accepted, 1u);
}

TEST_F(sm_lieutenant, does_not_care_who_brings_what_is_signed) {
  lieutenant.receive(start, {{1, 1}, {1}}, signed_by({0, 2}));
  EXPECT_EQ(lieutenant.counters().accepted, 1u);
}

TEST_F(sm_lieutenant, does_not_believe_a_wrong_signature_and_still_takes_the_right_one) {
  auto forged = signed_by({0});
  forged.what = order::retreat;
  hear(forged, start);
  EXPECT_EQ(lieutenant.counters().forged, 1u);
  EXPECT_TRUE(lieutenant.orders().empty());
  hear(signed_by({0}), start);
  EXPECT_EQ(lieutenant.orders(), std::set{order::attack});
}

TEST_F(sm_lieutenant, does_not_believe_what_was_signed_in_another_battle) {
  message earlier{{fought.id.value - 1}, order::attack, {}};
  simulation::symbolic_signer commanding{registry, fought.generals[0].node};
  endorse(earlier, commander, commanding);
  hear(earlier, start);
  EXPECT_EQ(lieutenant.counters().of_another_battle, 1u);
  earlier.battle = fought.id;
  hear(earlier, start);
  EXPECT_EQ(lieutenant.counters().forged, 1u);
  EXPECT_TRUE(lieutenant.orders().empty());
}

TEST_F(sm_lieutenant, does_not_look_at_impossible_chains) {
  const auto genuine = signed_by({0, 2, 3});
  auto impossible = std::vector<message>{
      {fought.id, order::attack, {}},
      signed_by({2}),
      signed_by({2, 0}),
      signed_by({0, 1}),
      signed_by({0, 2, 2}),
      signed_by({0, 2, 3, 2}),
  };
  impossible.push_back(genuine);
  impossible.back().chain[2].by = 4;
  impossible.push_back(genuine);
  impossible.back().chain[2].by = 255;
  impossible.push_back(genuine);
  impossible.back().what = static_cast<order>(2);
  for (const auto& what : impossible)
    hear(what, start);
  EXPECT_EQ(lieutenant.counters().impossible, impossible.size());
  EXPECT_TRUE(lieutenant.orders().empty());
}

TEST(sm_commander, signs_the_order_for_everybody_and_obeys_it) {
  auto fought = battle_of(4, 2, commander);
  simulation::symbolic_signatures registry{1};
  simulation::symbolic_signer own{registry, fought.generals[0].node};
  core commanding{fought, own};
  EXPECT_EQ(commanding.next_deadline(), fought.start + 1s);
  commanding.apply(fought.start, command{order::attack});
  auto output = commanding.drain();
  ASSERT_EQ(output.messages.size(), 3u);
  for (const auto& step : output.messages) {
    EXPECT_EQ(step.message.chain.size(), 1u);
    EXPECT_TRUE(is_genuine(step.message, fought.generals, own));
  }
  EXPECT_EQ(output.decision, decided{order::attack});
  commanding.apply(fought.start, command{order::retreat});
  EXPECT_TRUE(commanding.drain().empty()) << "he is commanded once";
  commanding.receive(fought.start, fought.generals[1], output.messages[0].message);
  EXPECT_EQ(commanding.counters().impossible, 1u) << "and believes nobody";
}

TEST(sm_commander, retreats_in_silence_if_no_order_came_in_the_first_round) {
  auto fought = battle_of(4, 2, commander);
  simulation::symbolic_signatures registry{1};
  simulation::symbolic_signer own{registry, fought.generals[0].node};
  core commanding{fought, own};
  commanding.apply(fought.start + 1s, command{order::attack});
  EXPECT_TRUE(commanding.drain().empty());
  commanding.tick(fought.start + 1s);
  auto output = commanding.drain();
  EXPECT_TRUE(output.messages.empty());
  EXPECT_EQ(output.decision, decided{order::retreat});
}

TEST(sm_death, comes_of_battles_that_cannot_be_fought_and_of_commanding_a_lieutenant) {
  simulation::symbolic_signatures registry{1};
  simulation::symbolic_signer own{registry, {1, 1}};
  core largest{battle_of(generals_limit, traitors_limit, 1), own};
  EXPECT_DEATH(core(battle_of(generals_limit + 1, 1, 1), own), "too few or too many generals");
  EXPECT_DEATH(core(battle_of(3, 2, 1), own), "no two generals are loyal");
  EXPECT_DEATH(largest.apply({}, command{order::attack}), "a command to a lieutenant");
}

} // namespace
} // namespace chorus::consensus::generals::sm
