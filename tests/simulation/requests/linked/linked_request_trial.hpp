#pragma once

#include "../promises.hpp"
#include "caller_host.hpp"
#include "calling_node.hpp"

#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/world.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chorus::testing {

/// Three nodes that call each other over links which are often full and sometimes end.
class linked_request_trial final : public simulation::trial {
public:
  static constexpr std::size_t nodes = 3;

  explicit linked_request_trial(simulation::world& around);

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override;
  std::string unsettled() const override { return "a request has not ended, or is still under way"; }
  void count(simulation::coverage& met) const override;

  static link::config limits();
  static requests::retry_policy retry();
  static requests::duplicate_limits remembered();

private:
  friend class linked_calls::calling_node;

  linked_calls::calling_node* program(simulation::node_index which);
  void call(simulation::node_index from, random_generator& chance);
  void chatter(simulation::node_index from, simulation::node_index to, random_generator& chance);
  std::optional<linked_calls::target> target_at(simulation::node_index which, const peer& home);
  std::optional<linked_calls::target> find_target(simulation::node_index from);
  std::uint64_t next_worker() { return ++last_worker_; }

  simulation::world& around_;
  random_generator chance_;
  promises_of_requests check_;
  simulation::coverage met_;
  std::uint64_t last_worker_ = 0;
};

/// The branches that these worlds must meet.
std::vector<std::string> expected_of_linked_requests();

} // namespace chorus::testing
