#include "generals_trial.hpp"

#include <chorus/consensus/generals/om_message.hpp>
#include <chorus/consensus/generals/sm_message.hpp>

#include <numeric>

namespace chorus::testing {

namespace {

constexpr std::size_t most_generals = 7;

/// Ten times what a packet takes at most (campaigns.cpp).
constexpr auto round_length = std::chrono::milliseconds{50};

generals::order other_than(generals::order what) {
  return what == generals::order::attack ? generals::order::retreat : generals::order::attack;
}

generals::general any_general(random_generator& chance) {
  return static_cast<generals::general>(chance.below(most_generals));
}

/// The order is another one, or was passed on by others, or belongs to another battle.
void change_oral(generals::om::message& what, random_generator& chance) {
  switch (chance.below(6)) {
  case 0:
    what.by[chance.below(what.by.size())] = any_general(chance);
    return;
  case 1:
    what.by.push_back(any_general(chance));
    return;
  case 2:
    what.battle = what.battle.next();
    return;
  default:
    what.what = other_than(what.what);
    return;
  }
}

} // namespace

void interactive_consistency::decided(const simulation::node& by, generals::order what) {
  if (ordered_ && what != *ordered_)
    broken(by.name() + " obeys " + std::string{to_string(what)} + ", the commander ordered otherwise");
  if (first_ && what != *first_)
    broken(by.name() + " obeys " + std::string{to_string(what)} + ", " + first_by_ + " does not");
  if (!first_) {
    first_ = what;
    first_by_ = by.name();
  }
}

army draw_army(std::size_t size, std::size_t traitors, random_generator& chance) {
  army drawn;
  drawn.traitors = traitors;
  drawn.node_of.resize(size);
  std::iota(drawn.node_of.begin(), drawn.node_of.end(), simulation::node_index{0});
  chance.shuffle(drawn.node_of);
  drawn.lies.resize(size);
  for (std::size_t count = 0; count < traitors;)
    if (auto who = chance.below(size); !drawn.lies[who]) {
      drawn.lies[who] = true;
      ++count;
    }
  return drawn;
}

generals::battle battle_on(simulation::node& at, const army& who) {
  generals::battle fought;
  fought.id = {1};
  fought.traitors = who.traitors;
  fought.start = at.now();
  fought.round = round_length;
  for (std::size_t place = 0; place < who.node_of.size(); ++place) {
    auto& node = at.around().at(who.node_of[place]);
    fought.generals.push_back({node.self().node, {1}});
    if (&node == &at)
      fought.self = static_cast<generals::general>(place);
  }
  return fought;
}

// -- oral messages -----------------------------------------------------------------------------------------

oral_trial::oral_trial(simulation::world& around) : oral_trial(around, 4 + around.split_chance().below(4)) {}

oral_trial::oral_trial(simulation::world& around, std::size_t size)
    : generals_trial(around, size, (size - 1) / 3) {
  begin<generals::om::wire>(
      [this](simulation::node& at) { return generals::om::core{battle_on(at, army_)}; },
      [](simulation::node&) { return simulation::change_messages<generals::om::wire>(change_oral); }
  );
}

void oral_trial::count(simulation::coverage& met) const {
  for_each_loyal([&met](const generals::om::core& core) {
    const auto& seen = core.counters();
    met.add("om heard", seen.heard);
    met.add("om of another battle", seen.of_another_battle);
    met.add("om impossible", seen.impossible);
    met.add("om late", seen.late);
    met.add("om duplicates", seen.duplicates);
    met.add("om silences", seen.silences);
  });
  met.add(army_.commander_lies() ? "a lying commander" : "a loyal commander");
}

// -- signed messages ---------------------------------------------------------------------------------------

signed_trial::signed_trial(simulation::world& around)
    : signed_trial(around, around.split_chance(), 3 + around.split_chance().below(most_generals - 2)) {}

signed_trial::signed_trial(simulation::world& around, random_generator own, std::size_t size)
    : generals_trial(around, size, 1 + own.below(size - 2)), registry_(own.next()) {
  auto signer_of = [this](simulation::node& at) -> simulation::symbolic_signer& {
    return *signers_.emplace_back(std::make_unique<simulation::symbolic_signer>(registry_, at.self().node));
  };
  begin<generals::sm::wire>(
      [this, signer_of](simulation::node& at) {
        return generals::sm::core{battle_on(at, army_), signer_of(at)};
      },
      // A liar signs whatever it likes in its own name, and in no other.
      [this, signer_of](simulation::node& at) {
        auto& signer = signer_of(at);
        auto self = battle_on(at, army_).self;
        return simulation::change_messages<generals::sm::wire>(
            [self, &signer](generals::sm::message& what, random_generator& chance) {
              if (chance.chance(0.1))
                what.battle = what.battle.next();
              if (chance.chance(0.7))
                what.what = other_than(what.what);
              if (chance.chance(0.2))
                what.chain[chance.below(what.chain.size())].by = any_general(chance);
              if (chance.chance(0.7)) {
                what.chain.pop_back();
                generals::sm::endorse(what, self, signer);
              }
            }
        );
      }
  );
}

void signed_trial::count(simulation::coverage& met) const {
  for_each_loyal([&met](const generals::sm::core& core) {
    const auto& seen = core.counters();
    met.add("sm accepted", seen.accepted);
    met.add("sm of another battle", seen.of_another_battle);
    met.add("sm impossible", seen.impossible);
    met.add("sm late", seen.late);
    met.add("sm known", seen.known);
    met.add("sm forged", seen.forged);
    met.add("sm both orders", core.orders().size() > 1 ? 1 : 0);
  });
  met.add(army_.commander_lies() ? "a lying commander" : "a loyal commander");
}

} // namespace chorus::testing
