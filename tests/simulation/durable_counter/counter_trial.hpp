#pragma once

#include "protocol.hpp"

#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/history/linearizability.hpp>
#include <chorus/simulation/history/specifications.hpp>
#include <chorus/simulation/population.hpp>

#include <array>
#include <optional>
#include <string>

namespace chorus::testing {

/// What clients saw, and whether counters that answer so are counters.
class linearizable_counters final : public simulation::checker {
public:
  linearizable_counters() : checker("the counters are linearizable") {}

  simulation::operation_history<simulation::counter_specification> history;

  /// Judges all that was seen so far.
  void judge() {
    if (auto verdict = simulation::check_linearizability(history); !verdict)
      broken(verdict.report);
  }
};

/// One server with a disk, and three clients.
class counter_trial final : public simulation::trial {
public:
  static constexpr std::size_t clients = 3;
  static constexpr std::uint64_t keys = 4;

  explicit counter_trial(simulation::world& around);

  void work(random_generator& chance) override;
  bool is_settled() override;
  std::string unsettled() const override { return "a question is not answered"; }
  void count(simulation::coverage& met) const override { met.merge(met_); }

private:
  using server = durable_counter::server;
  using client = durable_counter::client;

  server start_server(simulation::node& at);
  void ended(simulation::node& at, std::optional<std::int64_t> answer);

  /// False if the client is not there or has a question already.
  bool ask(std::size_t who, std::uint64_t key, std::int64_t amount);

  /// What a client asks when the storm is over: each key, one after the other, again if it gives up.
  struct reads {
    std::uint64_t answered = 0;
    bool is_open = false;
  };

  simulation::world& around_;
  simulation::coverage met_;
  linearizable_counters check_;
  std::array<std::optional<simulation::operation_id>, clients> open_;
  std::array<reads, clients> last_reads_;
  bool judged_ = false;
  std::optional<simulation::population<server>> servers_;
  std::optional<simulation::population<client>> clients_;
};

} // namespace chorus::testing
