#pragma once

#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chorus::bench {

enum class pattern {
  ping_pong, ///< one request at a time: latency
  pipeline,  ///< `window` requests at a time
  one_way,   ///< sends without an answer
};

/// What one test does.
struct workload {
  std::string_view name;
  pattern how = pattern::ping_pong;
  std::size_t text_bytes = 32;

  /// Requests or records under way at most; of one-way records the server acknowledges every tenth of
  /// it. 0: no window, only the limits of the link.
  std::uint64_t window = 0;

  duration length{}; ///< how long the client sends
};

/// The test of that name (README.md lists them). Errors: invalid_argument.
result<workload> make_workload(std::string_view name, double seconds);

} // namespace chorus::bench
