#pragma once

#include "transcript.hpp"

#include <memory>

namespace chorus::testing {

/// The verbs of the Byzantine generals. C is the commander, L1, L2, ... are the lieutenants.
///
///     generals 4 OM(1) traitor L3     a new battle by OM(1), or SM(1); several traitors or none
///     lie L3 says retreat [to L1]     from now on the traitor says so, instead of what an honest general
///                                     would; of two rules for one receiver the later counts
///     lie L3 withholds [to L1]        or nothing
///     lie L3 delays [to L1]           or one round late
///     command attack                  the commander is given his order
///     round                           what was sent arrives, and the round ends
///     show L1                         what L1 was told so far
///     judge                           do the conditions of interactive consistency hold?
class generals_stage {
public:
  generals_stage();
  ~generals_stage();

  generals_stage(const generals_stage&) = delete;
  generals_stage& operator=(const generals_stage&) = delete;

  const stage& verbs() const noexcept { return verbs_; }

  /// A battle by either algorithm.
  class field;

private:
  void start(const command& what);
  field& current();

  stage verbs_;
  std::unique_ptr<field> field_;
};

} // namespace chorus::testing
