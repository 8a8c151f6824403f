#pragma once

#include "hosts.hpp"
#include "member_process.hpp"
#include "membership_books.hpp"
#include "protocol.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/checker.hpp>
#include <chorus/simulation/world.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// No process refuses an honest one, and none says what another cannot read.
class no_complaints final : public simulation::checker {
public:
  no_complaints() : checker("no process finds fault with another") {}
  void complain(const std::string& what) { broken(what); }
};

/// Machines on which processes come, change, leave, crash and come back, under the same node id and perhaps
/// at another address; three to 128 of them.
///
/// After the storm: first all that went wrong in it has to come right (`stage::healing`), then nothing at all
/// may happen (`resting`, `idling`), and then one more thing happens, alone, so that it can be timed
/// (`ordeal`).
class membership_trial final : public simulation::trial {
public:
  explicit membership_trial(simulation::world& around);

  // -- for the campaign -------------------------------------------------------------------------------------

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override { return stage_ == stage::settled; }
  std::string unsettled() const override;
  void count(simulation::coverage& met) const override;

  // -- for the processes ------------------------------------------------------------------------------------

  protocol::core make_core(simulation::node& at, const membership::member& self);
  membership_books& books() noexcept { return books_; }
  const testing::hosts& hosts() const noexcept { return hosts_; }

  void ended(member_process& who);
  void met(std::string_view what) { met_.add(what); }
  void complain(const std::string& what) { complaints_.complain(what); }
  void went_down(const member_process& at, const membership::member_down& what);
  void was_suspected(const peer& who);
  void was_trusted(const member_process& at, const peer& who);

private:
  using node_index = simulation::node_index;

  enum class stage { stormy, healing, resting, idling, ordeal, healing_again, settled };

  /// The last thing that happens.
  enum class ordeal { silence, refusal, leave, pause, silence_under_loss };

  struct machine {
    address where;
    membership::metadata about;
    int addresses = 0; ///< that it has had of its own
  };

  struct last_ordeal {
    ordeal what;
    peer victim;
    node_index where;
    time_point since;
    bool is_over = false;
  };

  // work
  void start(node_index which, const std::vector<address>& seeds);
  void start_somebody(random_generator& chance);
  void choose_address(node_index which, random_generator& chance);
  void leave(member_process& who, duration ends_after);
  void set_up_firewall(random_generator& chance);
  member_process* pick(random_generator& chance) const;
  std::vector<address> seeds_for(node_index which, random_generator& chance) const;

  // after the storm
  void help_to_meet();
  void look_again();
  void look();
  void go_on(time_point now);
  void begin_ordeal(time_point now);
  bool has_passed(time_point now);
  void enter(stage next);
  bool is_gone(const peer& who) const;
  bool can_talk(const node_id& one, const node_id& other) const;
  std::map<node_id, membership::member> alive() const;
  void count_suspicion(const membership::suspicion_report& what);
  void count_process(const member_process& who, simulation::coverage& met) const;

  simulation::world& around_;
  random_generator chance_;
  testing::hosts hosts_;
  membership_books books_;
  no_complaints complaints_;
  simulation::coverage met_;
  std::vector<machine> machines_;
  std::map<node_index, member_process*> processes_; ///< those that run
  stage stage_ = stage::stormy;
  time_point stage_since_;
  std::optional<last_ordeal> ordeal_;
};

/// The branches that a campaign of membership must meet.
std::vector<std::string> expected_of_membership();

/// What may happen in a few of its runs.
std::vector<simulation::share> shares_of_membership();

} // namespace chorus::testing
