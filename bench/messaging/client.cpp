#include "client.hpp"

#include "results.hpp"
#include "senders.hpp"
#include "server.hpp"

#include <chorus/actors/node.hpp>
#include <chorus/actors/program/exit_code.hpp>
#include <chorus/actors/program/process_memory.hpp>

#include <utility>

namespace chorus::bench {

namespace {

/// To find the server.
constexpr std::chrono::seconds patience{30};

} // namespace

int run_client(std::uint16_t port, const workload& what, const std::string& scheduler) {
  config settings;
  settings.name = "client";
  settings.scheduler = scheduler;
  settings.seeds = {{"127.0.0.1", port}};
  settings.log_level = "error"; // the test without a window makes dead letters on purpose
  keep_freed_memory();
  auto here = node::open(settings);
  if (!here)
    return report_failure("messaging", here.failure());
  auto server = here->find(server_name, patience);
  if (!server)
    return report_failure("messaging", server.failure());
  auto dead_letters = [&here] { return here->counters().dead_letters; };
  auto when_writable = [&](const caf::actor& sender) { here->links().when_writable(*server, sender); };
  auto seen = run(here->system(), {*server, {}, what, dead_letters, when_writable});
  if (!seen)
    return report_failure("messaging", seen.failure());
  if (!is_faultless(what, *seen))
    return report_failure(
        "messaging",
        {errc::io,
         std::to_string(seen->lost) + " lost, " + std::to_string(seen->misplaced)
             + " doubled or out of order, " + std::to_string(seen->count) + " in all"}
    );
  print(what, std::move(*seen));
  return 0;
}

} // namespace chorus::bench
