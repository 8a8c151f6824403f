#pragma once

#include "handle_node.hpp"

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace chorus::testing {

/// What users of handles do: each time one thing, at random.
class handle_work {
public:
  /// `new_request`: the number of a request that this actor makes.
  explicit handle_work(std::function<std::uint64_t(const handles::actor_name&)> new_request)
      : new_request_(std::move(new_request)) {}

  void act(handle_node& at, random_generator& chance) const;

  std::vector<peer> others; ///< nodes that are sent handles, `at` itself perhaps among them

  /// Actors that nobody ends.
  std::function<bool(const handles::actor_name&)> keeps = [](const auto&) { return false; };

private:
  std::function<std::uint64_t(const handles::actor_name&)> new_request_;
};

} // namespace chorus::testing
