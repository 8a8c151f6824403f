#pragma once

#include "protocol.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/checker.hpp>
#include <chorus/simulation/population.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// What each call was promised, against what was executed.
class promises_of_requests final : public simulation::checker {
public:
  promises_of_requests() : checker("each request is executed as its semantics says") {}

  void begun(const peer& client, std::uint64_t number, requests::request_semantics how);
  void tried(const peer& client, std::uint64_t number);
  void executed(const counter_calls::executed& what);
  void ended(const peer& client, const counter_calls::ended& what);

  /// Of all calls: how many were executed so often, and how they ended.
  void count(simulation::coverage& met) const;

private:
  struct call {
    requests::request_semantics how;
    std::uint64_t tries = 0;
    std::vector<std::int64_t> values; ///< of each execution
    std::optional<counter_calls::ended> end;
  };

  void judge(const peer& client, std::uint64_t number, const call& what);

  std::map<std::pair<peer, std::uint64_t>, call> calls_;
};

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
  void begin(std::size_t who, requests::request_semantics how);

  void hear(simulation::node& at, const counter_calls::executed& step);
  void hear(simulation::node& at, const counter_calls::passed_over& step);
  void hear(simulation::node& at, const counter_calls::tried& step);
  void hear(simulation::node& at, const counter_calls::ended& step);

  promises_of_requests check_;
  simulation::coverage met_;
  std::uint64_t last_number_ = 0;
  std::optional<simulation::population<counter_calls::server>> servers_;
  std::optional<simulation::population<counter_calls::client>> clients_;
};

} // namespace chorus::testing
