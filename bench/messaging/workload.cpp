#include "workload.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace chorus::bench {

namespace {

constexpr std::array workloads{
    workload{"a", pattern::ping_pong, 32, 1, {}},
    workload{"b", pattern::pipeline, 32, 1000, {}},
    workload{"c", pattern::one_way, 32, 100'000, {}},
    workload{"c_free", pattern::one_way, 32, 0, {}},
    workload{"d1k", pattern::one_way, 1024, 20'000, {}},
    workload{"d64k", pattern::one_way, 65536, 500, {}},
};

constexpr double longest_seconds = 3600;

} // namespace

result<workload> make_workload(std::string_view name, double seconds) {
  auto found = std::ranges::find(workloads, name, &workload::name);
  if (found == workloads.end())
    return error{errc::invalid_argument, "there is no test '" + std::string{name} + "'"};
  if (!(seconds > 0 && seconds <= longest_seconds))
    return error{errc::invalid_argument, "a test takes more than 0 and at most 3600 seconds"};
  auto made = *found;
  made.length = std::chrono::duration_cast<duration>(std::chrono::duration<double>{seconds});
  return made;
}

} // namespace chorus::bench
