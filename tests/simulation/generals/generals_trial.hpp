#pragma once

#include <chorus/consensus/generals/om.hpp>
#include <chorus/consensus/generals/sm.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/population.hpp>
#include <chorus/simulation/symbolic_signatures.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// One battle of the byzantine generals in each world, some of them liars.
namespace chorus::testing {

namespace generals = consensus::generals;

/// IC1: all loyal lieutenants obey the same order. IC2: if the commander is loyal, it is his.
class interactive_consistency final : public simulation::checker {
public:
  interactive_consistency() : checker("loyal generals obey the same order, and a loyal commander's own") {}

  void decided(const simulation::node& by, generals::order what);

  /// The commander is loyal and has ordered that.
  void ordered(generals::order what) { ordered_ = what; }

private:
  std::optional<generals::order> ordered_;
  std::optional<generals::order> first_;
  std::string first_by_;
};

/// Who is who in one battle. The commander is any node, so are the liars.
struct army {
  std::vector<simulation::node_index> node_of; ///< by general
  std::vector<bool> lies;                      ///< by node
  std::size_t traitors = 0;

  bool commander_lies() const { return lies[node_of[generals::commander]]; }
};

/// Draws an army of that many generals.
army draw_army(std::size_t size, std::size_t traitors, random_generator& chance);

/// The battle as the general on this node knows it. All nodes of the army must be in the world.
generals::battle battle_on(simulation::node& at, const army& who);

/// What both protocols have in common. `Core`: om::core or sm::core.
template <class Core>
class generals_trial : public simulation::trial {
public:
  void work(random_generator& chance) override {
    if (ordered_ || (army_.commander_lies() && chance.chance(0.8)))
      return; // a traitor takes its time
    ordered_ = true;
    auto what = chance.chance(0.5) ? generals::order::attack : generals::order::retreat;
    if (!army_.commander_lies())
      check_.ordered(what);
    cores_->apply(army_.node_of[generals::commander], generals::command{what});
  }

  bool is_settled() override { return decisions_ == loyal(); }

  std::string unsettled() const override {
    return std::to_string(decisions_) + " of " + std::to_string(loyal()) + " loyal generals have decided";
  }

protected:
  generals_trial(simulation::world& around, std::size_t size, std::size_t traitors) : around_(around) {
    auto chance = around.split_chance();
    army_ = draw_army(size, traitors, chance);
    around.watch(check_);
  }

  /// Starts the battle: `make(node&)` as in `run_cores`; liars speak through `change(node&)`.
  template <class Wire, class Make, class Change>
  void begin(Make make, Change change) {
    cores_.emplace(simulation::run_cores<Wire>(
        around_,
        army_.node_of.size(),
        std::move(make),
        [this](simulation::node& at, const generals::decided& step) { decided(at, step.what); }
    ));
    for (std::size_t place = 0; place < cores_->size(); ++place) {
      if (!army_.lies[place])
        continue;
      auto& at = (*cores_)[place];
      auto chance = around_.split_chance();
      if (chance.chance(0.5))
        at.set_clock_rate(simulation::local_clock::true_rate / 10); // keeps no round
      at.set_adversary(std::make_unique<simulation::liar>(simulation::lies{}, change(at), chance));
    }
  }

  template <class Visit>
  void for_each_loyal(Visit&& visit) const {
    for (std::size_t place = 0; place < cores_->size(); ++place)
      if (!army_.lies[place])
        visit(*cores_->core(place));
  }

  army army_;

private:
  void decided(simulation::node& at, generals::order what) {
    at.note("decides to " + std::string{to_string(what)});
    if (army_.lies[at.index()])
      return;
    ++decisions_;
    check_.decided(at, what);
  }

  std::size_t loyal() const { return army_.node_of.size() - army_.traitors; }

  simulation::world& around_;
  interactive_consistency check_;
  std::optional<simulation::population<Core>> cores_;
  std::size_t decisions_ = 0;
  bool ordered_ = false;
};

/// OM(m) among 3m + 1 or a few more.
class oral_trial final : public generals_trial<generals::om::core> {
public:
  explicit oral_trial(simulation::world& around);
  void count(simulation::coverage& met) const override;

private:
  oral_trial(simulation::world& around, std::size_t size);
};

/// SM(m) among m + 2 or more.
class signed_trial final : public generals_trial<generals::sm::core> {
public:
  explicit signed_trial(simulation::world& around);
  void count(simulation::coverage& met) const override;

private:
  signed_trial(simulation::world& around, random_generator own, std::size_t size);

  simulation::symbolic_signatures registry_;
  std::vector<std::unique_ptr<simulation::symbolic_signer>> signers_;
};

} // namespace chorus::testing
