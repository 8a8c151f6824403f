#pragma once

#include <chorus/simulation/history/linearizability.hpp>
#include <chorus/simulation/history/specifications.hpp>

#include <cstdint>
#include <string>

namespace chorus::testing {

/// Tells a history of registers line by line: one millisecond passes with each.
class register_story {
public:
  using specification = simulation::register_specification;
  using history = simulation::operation_history<specification>;

  simulation::operation_id begins_write(std::uint32_t client, std::int64_t value) {
    return begins(client, specification::write{value});
  }

  simulation::operation_id begins_read(std::uint32_t client) { return begins(client, specification::read{}); }

  simulation::operation_id begins_swap(std::uint32_t client, std::int64_t expected, std::int64_t desired) {
    return begins(client, specification::compare_and_set{expected, desired});
  }

  void written(simulation::operation_id which) { all_.answered(which, specification::written{}, tick()); }

  void has_read(simulation::operation_id which, std::int64_t value) {
    all_.answered(which, specification::value{value}, tick());
  }

  void swapped(simulation::operation_id which, bool done) {
    all_.answered(which, specification::compared{done}, tick());
  }

  void refused(simulation::operation_id which) { all_.refused(which); }

  void writes(std::uint32_t client, std::int64_t value) { written(begins_write(client, value)); }
  void reads(std::uint32_t client, std::int64_t value) { has_read(begins_read(client), value); }
  void swaps(std::uint32_t client, std::int64_t expected, std::int64_t desired, bool done) {
    swapped(begins_swap(client, expected, desired), done);
  }

  /// What follows is about this register; "x" at first.
  void turns_to(std::string key) { key_ = std::move(key); }

  simulation::linearizability_result check(const simulation::linearizability_limits& limits = {}) const {
    return simulation::check_linearizability(all_, limits);
  }

  const history& all() const noexcept { return all_; }

private:
  simulation::operation_id begins(std::uint32_t client, specification::input asked) {
    return all_.invoke({client}, key_, std::move(asked), tick());
  }

  time_point tick() { return now_ += std::chrono::milliseconds{1}; }

  history all_;
  std::string key_ = "x";
  time_point now_{};
};

} // namespace chorus::testing
