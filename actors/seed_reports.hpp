#pragma once

#include "seed_reasons.hpp"

#include <chorus/membership/events.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/transport/transport.hpp>

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <utility>

namespace chorus {

/// Finds out why a seed does not answer, says it in the log, and keeps it in the reasons.
///
/// Thread rules: the I/O thread. Questions that are under way end with the transport, which this does not
/// outlive.
class seed_reports {
public:
  seed_reports(chorus::transport& transport, seed_reasons& reasons, std::shared_ptr<spdlog::logger> log)
      : transport_(transport), reasons_(reasons), log_(std::move(log)) {}

  /// `self` is where this node says that it can be reached.
  void is_silent(const membership::seed_silent& seed, const address& self);

private:
  void report(const membership::seed_silent& seed, const address& self, connection_outcome how);
  std::string explain(const address& seed, const address& self, connection_outcome how) const;

  chorus::transport& transport_;
  seed_reasons& reasons_;
  const std::shared_ptr<spdlog::logger> log_;
};

} // namespace chorus
