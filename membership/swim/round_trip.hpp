#pragma once

#include <chorus/runtime/time.hpp>

namespace chorus::membership::swim {

/// How long to wait for the answer to a probe: the smoothed mean of the measured round trips and four
/// times their smoothed deviation (Jacobson and Karels, "Congestion avoidance and control", SIGCOMM 1988,
/// appendix A), within bounds. The deviation falls more slowly than it rises, as in Linux' TCP (Sarolahti
/// and Kuznetsov, "Congestion control in Linux TCP", USENIX 2002, section 4): most answers come from near,
/// some from far, and those from near are no reason to forget that there are others.
///
/// One estimate for all members: with N of them each is probed only every N periods, too seldom to
/// know its own round trip, and members far away raise the deviation. docs/decisions/0017 compares it
/// with phi-accrual.
class round_trip_estimator {
public:
  /// Pre: `shortest <= longest`.
  round_trip_estimator(duration shortest, duration longest) : shortest_(shortest), longest_(longest) {}

  /// An answer came after that time. Only of direct answers to a probe.
  void measure(duration round_trip);

  /// The longest as long as nothing was measured.
  duration timeout() const;

private:
  duration shortest_;
  duration longest_;
  bool measured_ = false;
  duration mean_{};
  duration deviation_{};
};

} // namespace chorus::membership::swim
