#include "seed_reports.hpp"

#include <chorus/membership/seconds.hpp>

#include <utility>

namespace chorus {

void seed_reports::add(const address& seed) {
  keep(seed, "");
}

void seed_reports::was_refused(const address& where, const error& reason) {
  std::lock_guard guard{mutex_};
  if (reasons_.contains(where))
    refusals_.insert_or_assign(where, refusal{transport_.now(), reason});
}

void seed_reports::is_silent(const membership::seed_silent& seed, const address& self) {
  transport_.try_zeromq(seed.where, [this, seed, self](connection_outcome how) { report(seed, self, how); });
}

std::string seed_reports::why_silent() const {
  std::lock_guard guard{mutex_};
  std::string text;
  for (const auto& [seed, reason] : reasons_)
    if (!reason.empty())
      text += (text.empty() ? "" : "; ") + to_string(seed) + ": " + reason;
  return text;
}

void seed_reports::report(const membership::seed_silent& seed, const address& self, connection_outcome how) {
  auto reason = explain(seed.where, self, how);
  log_->warn(
      "no answer from seed {} for {}: {}. Still trying",
      to_string(seed.where),
      membership::in_seconds(seed.lasted),
      reason
  );
  keep(seed.where, std::move(reason));
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
  case connection_outcome::open:
    break;
  }
  auto refused = refusals_.find(seed);
  if (refused != refusals_.end() && transport_.now() - refused->second.when < refusal_lasts)
    return refused->second.reason.what;
  return "a process listens there and does not answer; it may be no chorus node, it may be paused, or it "
         "cannot "
         "connect to this node at "
         + to_string(self) + " (--advertise, --listen)";
}

void seed_reports::keep(const address& seed, std::string reason) {
  std::lock_guard guard{mutex_};
  reasons_.insert_or_assign(seed, std::move(reason));
}

} // namespace chorus
