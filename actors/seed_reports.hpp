#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace chorus {

/// Finds out why seeds do not answer, says it in the log, and keeps it for whoever asks why this node is
/// alone.
///
/// Thread rules: `why_silent` from any thread, everything else in the I/O thread. Questions that are under
/// way end with the transport, which this does not outlive.
class seed_reports {
public:
  seed_reports(chorus::transport& transport, std::shared_ptr<spdlog::logger> log)
      : transport_(transport), log_(std::move(log)) {}

  void add(const address& seed);

  /// Whoever listens at `where`, which may be a seed, belongs to another cluster or speaks another version.
  void was_refused(const address& where, const error& reason);

  /// `self` is where this node says that it can be reached.
  void is_silent(const membership::seed_silent& seed, const address& self);

  void is_self(const address& seed) { keep(seed, "it is this node itself"); }

  /// One phrase for each seed of which something is known; empty if nothing is.
  std::string why_silent() const;

private:
  struct refusal {
    time_point when;
    error reason;
  };

  /// The contact list asks often enough to hear it again within that time.
  static constexpr std::chrono::seconds refusal_lasts{30};

  void report(const membership::seed_silent& seed, const address& self, connection_outcome how);
  std::string explain(const address& seed, const address& self, connection_outcome how) const;
  void keep(const address& seed, std::string reason);

  chorus::transport& transport_;
  const std::shared_ptr<spdlog::logger> log_;
  std::map<address, refusal> refusals_;    ///< of seeds
  mutable std::mutex mutex_;               ///< guards reasons_
  std::map<address, std::string> reasons_; ///< of all seeds; empty while none is known
};

} // namespace chorus
