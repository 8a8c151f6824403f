#include "seed_reports.hpp"

#include <chorus/membership/seconds.hpp>

#include <utility>

namespace chorus {

void seed_reports::is_silent(const membership::seed_silent& seed, const address& self) {
  transport_.try_zeromq(seed.where, [this, seed, self](connection_outcome how) { report(seed, self, how); });
}

void seed_reports::report(const membership::seed_silent& seed, const address& self, connection_outcome how) {
  auto reason = explain(seed.where, self, how);
  log_->warn(
      "no answer from seed {} for {}: {}. Still trying",
      to_string(seed.where),
      membership::in_seconds(seed.lasted),
      reason
  );
  reasons_.is_silent(transport_.now(), seed.where, std::move(reason));
}

std::string seed_reports::explain(const address& seed, const address& self, connection_outcome how) const {
  switch (how) {
  case connection_outcome::refused:
    return "the connection is refused, so no process listens there; start a node there, or correct the seed";
  case connection_outcome::unknown_host:
    return "the host '" + seed.host + "' does not resolve; correct the seed, or check the name service";
  case connection_outcome::no_answer:
    return "no connection can be made; the machine may be down or unreachable, or a firewall drops packets";
  case connection_outcome::foreign:
    return "the process that listens there does not speak ZeroMQ, so it is no chorus node; correct the seed";
  case connection_outcome::silent:
    return "a process accepts the connection and says nothing; it may be paused or overloaded, or it is no "
           "chorus node";
  case connection_outcome::open:
    break;
  }
  if (auto refused = reasons_.why_refused_connection(transport_.now(), seed))
    return *refused;
  return "a process listens there and does not answer; it may be no chorus node, it may be paused, or it "
         "cannot connect to this node at "
         + to_string(self) + " (--advertise, --listen)";
}

} // namespace chorus
