#include "results.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>

namespace chorus::bench {

namespace {

double to_seconds(duration length) {
  return std::chrono::duration<double>{length}.count();
}

/// By nearest rank, in microseconds.
double quantile(const std::vector<std::uint32_t>& ascending, double share) {
  if (ascending.empty())
    return 0;
  auto rank = static_cast<std::size_t>(share * static_cast<double>(ascending.size() - 1));
  return ascending[rank] / 1e3;
}

} // namespace

bool is_faultless(const workload& what, const outcome& seen) {
  auto may_lose = what.how == pattern::one_way && what.window == 0;
  return seen.count > 0 && seen.misplaced == 0 && (seen.lost == 0 || may_lose);
}

double rate_of(const outcome& seen) {
  return static_cast<double>(seen.count) / to_seconds(seen.elapsed);
}

void print(const workload& what, outcome seen) {
  auto rate = rate_of(seen);
  std::printf("R count=%llu rate=%.1f", static_cast<unsigned long long>(seen.count), rate);
  if (what.how == pattern::ping_pong) {
    std::ranges::sort(seen.latencies);
    std::printf(" p50=%.2f p99=%.2f", quantile(seen.latencies, 0.5), quantile(seen.latencies, 0.99));
  } else {
    std::printf(" MBps=%.2f", rate * static_cast<double>(what.text_bytes) / 1e6);
  }
  if (what.how == pattern::one_way)
    std::printf(" lost=%llu", static_cast<unsigned long long>(seen.lost));
  std::printf("\n");
  std::fflush(stdout);
}

} // namespace chorus::bench
