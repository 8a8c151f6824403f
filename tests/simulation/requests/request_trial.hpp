#pragma once

#include "promises.hpp"
#include "protocol.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/population.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chorus::testing {

/// The branches that a campaign of requests must meet.
std::vector<std::string> expected_of_requests();

/// One counter and three clients, each with some calls open under each of the semantics.
class request_trial final : public simulation::trial {
public:
  static constexpr std::size_t clients = 3;

  explicit request_trial(simulation::world& around);

  void work(random_generator& chance) override;
  bool is_settled() override;
  std::string unsettled() const override { return "a request has not ended"; }
  void count(simulation::coverage& met) const override;

private:
  counter_calls::server start_server(simulation::node& at);
  counter_calls::client start_client(simulation::node& at);
  void hear(simulation::node& at, const counter_calls::executed& step);
  void hear(simulation::node& at, const counter_calls::passed_over& step);
  void hear(simulation::node& at, const counter_calls::begun& step);
  void hear(simulation::node& at, const counter_calls::tried& step);
  void hear(simulation::node& at, const counter_calls::ended& step);

  promises_of_requests check_;
  simulation::coverage met_;
  std::optional<simulation::population<counter_calls::server>> servers_;
  std::optional<simulation::population<counter_calls::client>> clients_;
};

} // namespace chorus::testing
