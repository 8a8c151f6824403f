#pragma once

#include "workload.hpp"

#include <chorus/runtime/time.hpp>

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <vector>

namespace chorus::bench {

/// What one test has shown.
struct outcome {
  std::uint64_t count = 0; ///< answers of the client's requests, or records at the server
  duration elapsed{};      ///< in which they came

  std::vector<std::uint32_t> latencies; ///< nanoseconds from request to answer; of `ping_pong` only

  // of `one_way` only
  std::uint64_t lost = 0;      ///< sent, but not there when the test ended
  std::uint64_t misplaced = 0; ///< there twice or too late
};

/// Whether messaging kept its promises. Only a sender without a window may lose records: those that
/// its node has counted as dead letters.
bool is_faultless(const workload& what, const outcome& seen);

/// Messages per second.
double rate_of(const outcome& seen);

/// Prints the line `R count=... rate=... ...` that drivers read: `p50` and `p99` in microseconds, `MBps`
/// in 10^6 bytes of text.
void print(const workload& what, outcome seen);

} // namespace chorus::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::bench::outcome)
