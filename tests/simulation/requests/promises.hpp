#pragma once

#include "protocol.hpp"

#include <chorus/simulation/checker.hpp>
#include <chorus/simulation/coverage.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {

/// What each call was promised, and what its end said of its fate, against what was executed.
class promises_of_requests final : public simulation::checker {
public:
  promises_of_requests() : checker("each request is executed as its semantics says") {}

  void begun(const peer& client, std::uint64_t number, requests::request_semantics how);
  void tried(const peer& client, std::uint64_t number);
  void executed(const counter_calls::executed& what);
  void ended(const peer& client, const counter_calls::ended& what);

  /// The call ends because a leaving node refuses a try, and a node has not told the fate of another one.
  void abandoned(const peer& client, std::uint64_t number);

  /// Of all calls: how many were executed so often, and how they ended; after `prefix`.
  void count(simulation::coverage& met, const std::string& prefix = {}) const;

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

} // namespace chorus::testing
