#pragma once

#include "../membership/member_cluster.hpp"
#include "joint_books.hpp"
#include "joint_process.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace chorus::testing {

/// Two to sixteen nodes on which everything that decides in a node runs together: membership, the table of
/// peers, links, handles, requests and names.
///
/// In some worlds only short cuts happen, which end nothing: there nobody may find an actor ended that it has
/// a handle of.
///
/// What goes wrong is this trial's own work, because it has to know whom it happens to: a pair that nothing
/// has happened to must notice nothing.
class relations_trial final : public simulation::trial, private member_cluster::listener {
public:
  explicit relations_trial(simulation::world& around);

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override { return stage_ == stage::settled; }
  std::string unsettled() const override;
  void count(simulation::coverage& met) const override;

private:
  using node_index = simulation::node_index;

  enum class stage : std::uint8_t { stormy, healing, copied, clearing, settled };

  // members
  void failed(const member_process&, const peer&) override {}
  void over(const member_process&, const membership::member_over&) override {}
  void was_suspected(const member_process&, const peer&) override {}

  joint_process* pick(random_generator& chance) const;
  joint_process* pick_victim(random_generator& chance) const;
  std::vector<joint_process*> processes() const;

  // what goes wrong
  void go_wrong(random_generator& chance);
  void disturb(node_index one, node_index other);
  void disturb(node_index all_of);
  void close(std::vector<simulation::network::direction> directions, duration length);
  void cut(random_generator& chance, bool both_ways, duration longest);
  void make_hole(random_generator& chance);
  void part(random_generator& chance);
  void pause(random_generator& chance);
  void crash(random_generator& chance);
  void leave(random_generator& chance);
  void reject(random_generator& chance);
  void deafen(random_generator& chance);
  void mute(random_generator& chance);
  void give_up(random_generator& chance);
  void repeat_old_verdict(random_generator& chance);

  // after the storm
  void look_again();
  void look();
  bool is_whole();
  void start_copy();
  void look_at_copy();
  void clear_up();
  void look_at_all();

  simulation::world& around_;
  random_generator chance_;
  joint_books books_;
  member_cluster cluster_;
  bool is_gentle_ = false;
  std::set<node_index> victims_; ///< machines to which anything happens
  stage stage_ = stage::stormy;
  simulation::node* copy_ = nullptr; ///< of a process that runs
  time_point copied_since_;
  std::size_t downs_before_copy_ = 0;
  int quiet_rounds_ = 0;
};

/// The branches that a campaign of relations must meet.
std::vector<std::string> expected_of_relations();

/// Rare ones that must not be rarer than that.
std::vector<simulation::share> shares_of_relations();

} // namespace chorus::testing
