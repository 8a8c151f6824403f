#include "client.hpp"

#include "results.hpp"
#include "senders.hpp"
#include "server.hpp"

#include <chorus/actors/exit_code.hpp>
#include <chorus/actors/node.hpp>

#include <caf/deep_to_string.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/system_messages.hpp>

#include <optional>

namespace chorus::bench {

namespace {

/// To find the server, and for what is under way when the sending ends.
constexpr std::chrono::seconds patience{30};

result<outcome> run(node& here, const caf::actor& server, const workload& what) {
  caf::scoped_actor self{here.system()};
  auto dead_letters = [&here] { return here.counters().dead_letters; };
  auto when_writable = [&here, server](const caf::actor& sender) { here.when_writable(server, sender); };
  auto sender = spawn_sender(here.system(), {server, self, what, dead_letters, when_writable});
  self->monitor(sender);
  result<outcome> seen = error{errc::unavailable, "the test has not ended in time"};
  self->receive(
      [&](outcome& complete) { seen = std::move(complete); },
      [&](const caf::down_msg& down) {
        seen = error{errc::unavailable, "the sender ended: " + here.system().render(down.reason)};
      },
      caf::after(what.length + patience) >> [] {}
  );
  return seen;
}

} // namespace

int run_client(std::uint16_t port, const workload& what) {
  config settings;
  settings.name = "client";
  settings.seeds = {{"127.0.0.1", port}};
  settings.log_level = "error"; // the test without a window makes dead letters on purpose
  auto here = node::open(settings);
  if (!here)
    return report_failure("messaging", here.failure());
  auto server = here->find(server_name, patience);
  if (!server)
    return report_failure("messaging", server.failure());
  auto seen = run(*here, *server, what);
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
