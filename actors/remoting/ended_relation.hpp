#pragma once

#include "open_requests.hpp"
#include "remote_node.hpp"

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace chorus {

/// What is left to do of the end of a relation: its tables are closed, and users here are not told of all
/// that has ended with it. There may be a million proxies and requests, so they end in slices.
struct ended_relation {
  std::shared_ptr<remote_node> with;
  error reason;
  remote_node::remains left;
  std::vector<caf::strong_actor_ptr> released; ///< actors here that nobody there holds any more
  std::optional<std::vector<open_requests::request>> requests; ///< to fail, once all proxies have ended
  std::size_t proxies_ended = 0;
  std::size_t requests_failed = 0;
};

} // namespace chorus
