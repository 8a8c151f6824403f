#pragma once

#include "member_cluster.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/world.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// A cluster of three to 128 nodes in a storm.
///
/// After it, first all that went wrong has to come right (`stage::healing`); then nothing at all may happen
/// (`resting`, `idling`); and then one more thing happens, alone, so that it can be judged by itself
/// (`ordeal`).
class membership_trial final : public simulation::trial, private member_cluster::listener {
public:
  explicit membership_trial(simulation::world& around);

  void work(random_generator& chance) override { cluster_.work(chance); }
  void settle() override;
  bool is_settled() override { return stage_ == stage::settled; }
  std::string unsettled() const override;
  void count(simulation::coverage& met) const override { cluster_.count(met); }

private:
  using node_index = simulation::node_index;

  enum class stage : std::uint8_t { stormy, healing, resting, idling, ordeal, healing_again, settled };

  /// The last thing that happens.
  enum class trouble : std::uint8_t {
    silent_crash,
    refused_crash,
    leave,
    pause,    ///< shorter than the failure timeout
    firewall, ///< that rejects, between two members
    deafness, ///< of one member, who accuses everybody
    silent_crash_in_loss,
    deaths, ///< of several, some while others are suspected, and newcomers come meanwhile
  };

  struct last_ordeal {
    trouble what;
    peer victim;
    time_point since;
    std::size_t members;     ///< when it began
    bool is_heard_of = true; ///< by one member at least, who can tell the others
  };

  /// What happens in `trouble::deaths`.
  struct wave_of_deaths {
    bool refused = false;
    std::vector<peer> dead;
    std::vector<node_index> doomed; ///< who die as soon as anybody is suspected
    std::size_t newcomers = 0;      ///< who come then
    bool has_begun = false;         ///< the second half
  };

  void failed(const member_process& at, const peer& who) override;
  void over(const member_process& at, const membership::member_over& what) override;
  void went_down(const member_process& at, const peer& who, std::string_view reason);
  void was_suspected(const member_process& at, const peer& who) override;

  void look_again();
  void look();
  void go_on(time_point now);
  void enter(stage next);
  bool views_are_whole(time_point now);
  void begin_ordeal(time_point now);
  bool has_passed(time_point now);
  bool is_gone(const peer& who) const;
  void begin_leave(member_process& victim);
  void begin_deaths();
  void kill(node_index which);
  void go_on_dying();
  void expect_deaths_to_be_noticed();
  bool are_all_gone();

  simulation::world& around_;
  random_generator chance_;
  member_cluster cluster_;
  stage stage_ = stage::stormy;
  time_point stage_since_;
  std::optional<last_ordeal> ordeal_;
  wave_of_deaths wave_;
};

/// The branches that a campaign of membership must meet.
std::vector<std::string> expected_of_membership();

/// What may happen in a few of its runs.
std::vector<simulation::share> shares_of_membership();

} // namespace chorus::testing
