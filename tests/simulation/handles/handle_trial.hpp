#pragma once

#include "handle_accounts.hpp"
#include "handle_node.hpp"
#include "handle_work.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/coverage.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus::testing {

/// Two to eight nodes with actors that give each other handles, ask each other and delegate. Between each two
/// there is an ordered channel without loss, whose relation ends at any moment, for one of them first, and
/// begins again under new numbers. Some worlds have no ends: there nobody may ever find an actor ended whose
/// handle it got.
class handle_trial final : public simulation::trial, public handle_world {
public:
  explicit handle_trial(simulation::world& around);
  ~handle_trial() override;

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override { return is_done_; }
  std::string unsettled() const override { return "handles are still being released"; }
  void count(simulation::coverage& met) const override { met.merge(met_); }

private:
  /// What one of two nodes has of the relation between them.
  struct side {
    std::size_t node = 0;
    relation_number number;
    time_point begins;
    bool is_up = false;
    bool is_over = false;
  };

  struct connection {
    side sides[2];
    std::map<std::pair<int, std::pair<std::uint64_t, std::uint64_t>>, time_point> latest_leave;
    std::map<std::pair<int, std::pair<std::uint64_t, std::uint64_t>>, time_point> latest_arrival;
  };
  using connection_ptr = std::shared_ptr<connection>;

  void connect(std::size_t one, std::size_t other);
  void end(const connection_ptr& which, int side);
  void disturb(random_generator& chance);
  void go_on();
  void look();
  std::size_t index_of(const handle_node& node) const { return node.self().node.low - 1; }

  // the world of the nodes
  void carry(handle_node& from, relation_number under, handle_message message, bool may_wait) override;
  void executed(std::uint64_t request) override { accounts_.executed(request); }
  void ended(std::uint64_t request, requests::request_fate fate, const request_content& answer) override;
  void forgotten(const handles::actor_name& requester) override { accounts_.forgotten(requester); }
  void killed(const handles::actor_name& actor) override { killed_.insert(actor); }
  void found_ended(const handles::actor_name& actor) override;
  void met(std::string_view branch) override { met_.add(branch); }

  simulation::world& around_;
  random_generator chance_;
  handle_accounts accounts_;
  handle_work work_;
  simulation::coverage met_;
  bool relations_end_ = false;
  bool is_done_ = false;
  std::uint64_t under_way_ = 0;
  std::uint64_t quiet_rounds_ = 0;
  std::uint64_t last_request_ = 0;
  std::vector<relation_number> latest_relation_; ///< of each node
  std::set<handles::actor_name> killed_;
  std::map<std::pair<std::size_t, std::size_t>, connection_ptr> connections_; ///< the smaller index first
  std::map<std::pair<std::size_t, relation_number>, std::pair<connection_ptr, int>> by_number_;
  std::vector<std::unique_ptr<handle_node>> nodes_;
};

/// The branches that these worlds must meet.
std::vector<std::string> expected_of_handles();

} // namespace chorus::testing
