#include "../consensus/battlefield.hpp"
#include "../consensus/om_liar.hpp"
#include "../consensus/sm_liar.hpp"
#include "../support/seeds.hpp"

#include <chorus/consensus/generals/om.hpp>
#include <chorus/consensus/generals/sm.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>

/// The claims of Lamport, Shostak and Pease, "The Byzantine Generals Problem", ACM TOPLAS 4(3), 1982.
namespace chorus::testing {
namespace {

using generals::commander;
using generals::general;
using generals::order;
namespace om = generals::om;
namespace sm = generals::sm;

constexpr auto both_orders = {order::retreat, order::attack};

// -- oral messages -----------------------------------------------------------------------------------

using om_battlefield = battlefield<om::core, om::wire>;

om_battlefield::make_core make_om() {
  return [](const generals::battle& fought) { return om::core{fought}; };
}

/// What a traitor says in place of an oral message: nothing, retreat or attack.
using assignment = std::vector<std::optional<order>>;

/// The next in the sequence of all assignments of its length; false after the last.
bool advance(assignment& what) {
  for (auto& value : what) {
    if (!value) {
      value = order::retreat;
      return true;
    }
    if (value == order::retreat) {
      value = order::attack;
      return true;
    }
    value.reset();
  }
  return false;
}

/// Says the assignment in place of what an honest general would, letter by letter.
void say_instead(const assignment& what, std::vector<letter>& letters) {
  ASSERT_EQ(letters.size(), what.size());
  std::vector<letter> said;
  for (std::size_t at = 0; at < letters.size(); ++at) {
    if (!what[at])
      continue;
    auto message = *om::wire::decode(shared_bytes{letters[at].bytes});
    message.what = *what[at];
    letters[at].bytes = om::wire::encode(message).head;
    said.push_back(std::move(letters[at]));
  }
  letters = std::move(said);
}

struct outcome {
  std::uint64_t battles = 0;
  std::uint64_t lost = 0; ///< IC1 or IC2 did not hold
};

/// OM(1) with one traitor under everything that a traitor can say.
outcome try_every_lie(std::size_t generals) {
  outcome seen;
  for (std::size_t traitor = 0; traitor < generals; ++traitor) {
    const auto who = static_cast<general>(traitor);
    for (auto given : both_orders) {
      assignment lies(who == commander ? generals - 1 : generals - 2);
      do {
        om_battlefield field{{.generals = generals, .traitors_expected = 1, .traitors = {who}}, make_om()};
        field.lie = [&](auto& from_traitors, const auto&) {
          if (!from_traitors.empty())
            say_instead(lies, from_traitors);
        };
        ++seen.battles;
        seen.lost += field.fight(given).holds() ? 0 : 1;
      } while (advance(lies));
    }
  }
  return seen;
}

/// As many of the army as that, each as likely as the others.
std::set<general> draw_traitors(std::size_t generals, std::size_t traitors, random_generator& chance) {
  std::vector<general> all;
  for (std::size_t who = 0; who < generals; ++who)
    all.push_back(static_cast<general>(who));
  chance.shuffle(all);
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(traitors)};
}

order draw_order(random_generator& chance) {
  return chance.chance(0.5) ? order::attack : order::retreat;
}

/// A battle under colluding random liars.
verdict fight_om(const forces& army, random_generator& chance, tally& told, tally& met) {
  om_liar liar{army, chance.split(), told};
  forces earlier = army;
  earlier.battle = {army.battle.value + 1};
  earlier.traitors.clear();
  om_battlefield past{earlier, make_om()};
  past.watch = [&](const letter& sent) { liar.remember(sent); };
  past.fight(draw_order(chance));

  om_battlefield field{army, make_om()};
  field.lie = std::ref(liar);
  auto result = field.fight(draw_order(chance));
  met.add("late", field.total(&om::counters::late));
  met.add("duplicate", field.total(&om::counters::duplicates));
  met.add("impossible", field.total(&om::counters::impossible));
  met.add("another battle", field.total(&om::counters::of_another_battle));
  met.add("silence", field.total(&om::counters::silences));
  met.add("malformed", field.malformed());
  return result;
}

constexpr std::array<std::string_view, 6> met_by_om{
    "late", "duplicate", "impossible", "another battle", "silence", "malformed"};

/// The first seed of those under which the liars win; nothing if they never do.
template <class Fight>
std::optional<std::uint64_t> find_lost_battle(std::uint64_t seeds, Fight&& fight) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    random_generator chance{seed};
    if (!fight(chance).holds())
      return seed;
  }
  return std::nullopt;
}

// Theorem 1, for one traitor: exhaustively.
TEST(theorem_1, holds_for_four_to_seven_generals_and_one_traitor_under_every_lie) {
  for (std::size_t n = 4; n <= 7; ++n) {
    auto seen = try_every_lie(n);
    EXPECT_EQ(seen.lost, 0u) << n << " generals";
    // Three choices for each letter: n - 1 of a traitorous commander, n - 2 of each other traitor; two
    // orders.
    auto power = [](std::size_t exponent) { return static_cast<std::uint64_t>(std::pow(3, exponent)); };
    EXPECT_EQ(seen.battles, 2 * (power(n - 1) + (n - 1) * power(n - 2)));
  }
}

TEST(theorem_1, holds_for_m_traitors_among_more_than_3m_generals_under_colluding_liars) {
  tally told{om_liar::lies};
  tally met{met_by_om};
  for (auto [n, m] : {std::pair{4u, 1u}, {5u, 1u}, {7u, 2u}, {8u, 2u}})
    for_each_seed(150, [&, n = n, m = m](random_generator& chance) {
      forces army{n, m, draw_traitors(n, m, chance)};
      auto result = fight_om(army, chance, told, met);
      EXPECT_TRUE(result.ic1) << n << " generals, " << m << " traitors";
      EXPECT_TRUE(result.ic2) << n << " generals, " << m << " traitors";
    });
  for_each_seed(2, [&](random_generator& chance) {
    forces army{10, 3, draw_traitors(10, 3, chance)};
    EXPECT_TRUE(fight_om(army, chance, told, met).holds());
  });
  told.check("lies");
  met.check("met by loyal generals");
}

// Section 2: no solution with oral messages for 3m generals. Of this algorithm it can be shown.
TEST(impossibility, shows_with_three_generals_and_one_traitor) {
  EXPECT_GT(try_every_lie(3).lost, 0u);
}

TEST(impossibility, shows_with_3m_generals_when_all_traitors_deny_the_order) {
  for (std::size_t m = 1; m <= om::traitors_limit; ++m) {
    forces army{.generals = 3 * m, .traitors_expected = m, .traitors = {}};
    for (std::size_t traitor = 1; traitor <= m; ++traitor)
      army.traitors.insert(static_cast<general>(traitor));
    auto deny = [](auto& letters, const auto&) {
      say_instead(assignment(letters.size(), order::retreat), letters);
    };
    om_battlefield field{army, make_om()};
    field.lie = deny;
    EXPECT_FALSE(field.fight(order::attack).ic2) << 3 * m << " generals";

    ++army.generals;
    om_battlefield enough{army, make_om()};
    enough.lie = deny;
    EXPECT_TRUE(enough.fight(order::attack).holds()) << 3 * m + 1 << " generals";
  }
}

TEST(impossibility, is_found_by_the_liars_with_3m_generals) {
  tally told{om_liar::lies};
  tally met{met_by_om};
  for (auto m : {1u, 2u}) {
    auto seed = find_lost_battle(100, [&](random_generator& chance) {
      return fight_om({3 * m, m, draw_traitors(3 * m, m, chance)}, chance, told, met);
    });
    EXPECT_TRUE(seed) << 3 * m << " generals, " << m << " traitors";
  }
}

// With fewer rounds than m + 1 the net catches what the algorithm then lets through.
TEST(oral_messages, need_a_round_for_each_traitor_and_one_more) {
  tally told{om_liar::lies};
  tally met{met_by_om};
  for (auto [n, m] : {std::pair{4u, 1u}, {7u, 2u}}) {
    auto seed = find_lost_battle(300, [&, n = n, m = m](random_generator& chance) {
      return fight_om({n, m - 1, draw_traitors(n, m, chance)}, chance, told, met);
    });
    EXPECT_TRUE(seed) << n << " generals, " << m << " traitors";
  }
}

// Section 6: up to (n - 1)(n - 2)...(n - m - 1) messages, in the last round.
TEST(oral_messages, are_as_many_as_the_paper_says) {
  for (auto [n, m, count] : {std::tuple{4u, 0u, 3u}, {4u, 1u, 3u + 6u}, {7u, 2u, 6u + 30u + 120u}}) {
    om_battlefield field{{n, m, {}}, make_om()};
    EXPECT_TRUE(field.fight(order::attack).holds());
    EXPECT_EQ(field.letters_sent(), count) << n << " generals, " << m << " traitors";
  }
}

// -- signed messages ---------------------------------------------------------------------------------

using sm_battlefield = battlefield<sm::core, sm::wire>;

/// Believes every signature: a planted bug.
struct credulous_scheme : simulation::symbolic_signer {
  using symbolic_signer::symbolic_signer;
  bool verify(const node_id&, const_bytes, const signature&) const override { return true; }
};

/// The keys of an army, and its cores.
template <class Scheme = simulation::symbolic_signer>
struct signing_army {
  explicit signing_army(std::size_t generals, std::uint64_t seed = 1) : registry(seed) {
    for (std::size_t who = 0; who < generals; ++who)
      keys.push_back(std::make_unique<Scheme>(registry, peer_of(static_cast<general>(who)).node));
  }

  sm_battlefield::make_core make() {
    return [this](const generals::battle& fought) { return sm::core{fought, *keys[fought.self]}; };
  }

  simulation::symbolic_signatures registry;
  std::vector<std::unique_ptr<signature_scheme>> keys;
};

/// A battle under colluding random liars, who have letters of an earlier one.
template <class Scheme = simulation::symbolic_signer>
verdict fight_sm(
    const forces& army,
    random_generator& chance,
    tally& told,
    tally& met,
    generals::battle_id earlier_battle = {99}
) {
  signing_army<Scheme> keys{army.generals, chance.next()};
  sm_liar liar{army, chance.split(), told, keys.registry};
  forces earlier = army;
  earlier.battle = earlier_battle;
  earlier.traitors.clear();
  sm_battlefield past{earlier, keys.make()};
  past.watch = [&](const letter& sent) { liar.remember(sent); };
  past.fight(draw_order(chance));

  sm_battlefield field{army, keys.make()};
  field.lie = std::ref(liar);
  auto result = field.fight(draw_order(chance));
  met.add("late", field.total(&sm::counters::late));
  met.add("known", field.total(&sm::counters::known));
  met.add("forged", field.total(&sm::counters::forged));
  met.add("impossible", field.total(&sm::counters::impossible));
  met.add("another battle", field.total(&sm::counters::of_another_battle));
  met.add("malformed", field.malformed());
  for (std::size_t who = 1; who < army.generals; ++who)
    met.add("convicted", field.core(static_cast<general>(who)).orders().size() == 2 ? 1 : 0);
  return result;
}

constexpr std::array<std::string_view, 7> met_by_sm{
    "late", "known", "forged", "impossible", "another battle", "malformed", "convicted"};

// Theorem 2.
TEST(theorem_2, holds_for_m_traitors_among_any_number_of_generals_under_colluding_liars) {
  tally told{sm_liar::lies};
  tally met{met_by_sm};
  for (auto [n, m] : {std::pair{3u, 1u}, {4u, 1u}, {4u, 2u}, {5u, 3u}, {7u, 2u}, {7u, 5u}})
    for_each_seed(200, [&, n = n, m = m](random_generator& chance) {
      forces army{n, m, draw_traitors(n, m, chance)};
      auto result = fight_sm(army, chance, told, met);
      EXPECT_TRUE(result.ic1) << n << " generals, " << m << " traitors";
      EXPECT_TRUE(result.ic2) << n << " generals, " << m << " traitors";
    });
  told.check("lies");
  met.check("met by loyal generals");
}

// The traitor is the commander: any set of signed orders to each lieutenant, in time or late.
TEST(theorem_2, holds_for_three_generals_whatever_a_traitorous_commander_signs_for_whom) {
  constexpr unsigned shown = 1, shown_late = 2; // of two bits for each (lieutenant, order)
  auto attacks = 0;
  for (unsigned code = 0; code < 256; ++code) {
    signing_army<> keys{3};
    sm_battlefield field{{.generals = 3, .traitors_expected = 1, .traitors = {commander}}, keys.make()};
    field.lie = [&, is_first = true](auto& from_traitors, const auto&) mutable {
      from_traitors.clear();
      if (!std::exchange(is_first, false))
        return;
      auto rest = code;
      for (general to : {1, 2})
        for (auto given : both_orders) {
          sm::message what{{1}, given, {}};
          sm::endorse(what, commander, *keys.keys[commander]);
          if (auto how = rest % 4; how == shown || how == shown_late)
            from_traitors.push_back({commander, to, sm::wire::encode(what).head, how == shown_late});
          rest /= 4;
        }
    };
    EXPECT_TRUE(field.fight(order::attack).holds()) << "code " << code;
    attacks += field.decision(1) == order::attack ? 1 : 0;
  }
  EXPECT_GT(attacks, 0);
  EXPECT_LT(attacks, 256);
}

// What SM(m) rests on, each left out once: the net must catch it.
TEST(signed_messages, are_worth_nothing_if_signatures_are_not_checked) {
  tally told{sm_liar::lies};
  tally met{met_by_sm};
  auto seed = find_lost_battle(100, [&](random_generator& chance) {
    return fight_sm<credulous_scheme>({4, 1, draw_traitors(4, 1, chance)}, chance, told, met);
  });
  EXPECT_TRUE(seed);
}

TEST(signed_messages, are_worth_nothing_if_two_battles_have_one_name) {
  tally told{sm_liar::lies};
  tally met{met_by_sm};
  auto seed = find_lost_battle(100, [&](random_generator& chance) {
    forces army{4, 1, draw_traitors(4, 1, chance)};
    return fight_sm(army, chance, told, met, army.battle);
  });
  EXPECT_TRUE(seed);
}

TEST(signed_messages, need_a_round_for_each_traitor_and_one_more) {
  tally told{sm_liar::lies};
  tally met{met_by_sm};
  for (auto [n, m] : {std::pair{3u, 1u}, {4u, 2u}, {6u, 3u}}) {
    auto seed = find_lost_battle(500, [&, n = n, m = m](random_generator& chance) {
      return fight_sm({n, m - 1, draw_traitors(n, m, chance)}, chance, told, met);
    });
    EXPECT_TRUE(seed) << n << " generals, " << m << " traitors";
  }
}

TEST(signed_messages, are_n_minus_one_squared_if_nobody_lies) {
  for (auto [n, m, count] :
       {std::tuple{3u, 0u, 2u}, {3u, 1u, 4u}, {4u, 1u, 9u}, {7u, 2u, 36u}, {7u, 5u, 36u}}) {
    signing_army<> keys{n};
    sm_battlefield field{{n, m, {}}, keys.make()};
    EXPECT_TRUE(field.fight(order::attack).holds());
    EXPECT_EQ(field.letters_sent(), count) << n << " generals, " << m << " traitors";
  }
}

} // namespace
} // namespace chorus::testing
