#pragma once

#include "detection_times.hpp"
#include "membership_checkers.hpp"
#include "reported_views.hpp"

#include <chorus/membership/events.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chorus::testing {

/// Where all processes and what they report are entered, and all checkers of it.
class membership_books {
public:
  struct limits {
    duration spread;            ///< of the news of a leave
    duration steady;            ///< after which equal views stay equal
    std::size_t datagram_bytes; ///< at most
    duration period;            ///< of probing
    double idle_messages;       ///< of one node in a period, at most
  };

  explicit membership_books(const limits& what)
      : leaves_(what.spread), agreement_(what.steady),
        traffic_(what.datagram_bytes, what.period, what.idle_messages), verdicts_(what.period),
        evidence_(what.period) {}

  // -- what happens to processes ----------------------------------------------------------------------

  void started(const peer& who) { views_[who.node] = {who, {}, {}, {}, {}}; }

  /// It wants to leave, and may end any time.
  void leaving(const peer& who) { leaves_.leaving(who); }

  void ended(time_point now, const peer& who);

  // -- what they say ----------------------------------------------------------------------------------

  void up(const node_id& at, const membership::member& who);
  void failed(time_point now, const node_id& at, const membership::member_failed& what);
  void over(const node_id& at, const membership::member_over& what);
  void suspected(time_point now, const node_id& at, const peer& who);
  void trusted(const node_id& at, const peer& who);
  void updated(const node_id& at, const membership::member& who);

  /// It has heard an answer of that life.
  void answered(const node_id& at, const peer& who);

  /// A datagram to a member, or to an address.
  void sent(std::size_t bytes, bool to_member) { traffic_.sent(bytes, to_member); }

  /// It has found by itself that a suspect has failed, and has not said so yet.
  void verdict(const node_id& at, const membership::suspicion_report& why) {
    verdicts_.verdict(views_.at(at), why);
  }

  /// It has heard from others that a member has failed, and has believed it. `heard_at`: when it last heard
  /// that member itself.
  void verdict_believed(
      const node_id& at, const peer& who, time_point now, const std::optional<time_point>& heard_at
  ) {
    evidence_.believed(views_.at(at), who, now, heard_at);
  }

  /// Something that no process may say, or find, of another one.
  void complain(const std::string& what) { complaints_.complain(what); }

  // -- for the trial ----------------------------------------------------------------------------------

  const reported_views& views() const noexcept { return views_; }

  failures_are_noticed& failures() noexcept { return failures_; }
  leaves_are_no_failures& leaves() noexcept { return leaves_; }
  deaths_are_noticed_in_time& deaths() noexcept { return deaths_; }
  views_agree& agreement() noexcept { return agreement_; }
  const views_agree& agreement() const noexcept { return agreement_; }
  traffic_is_bounded& traffic() noexcept { return traffic_; }

  std::vector<simulation::checker*> checkers() {
    return {
        &turns_,
        &endings_,
        &leaves_,
        &failures_,
        &deaths_,
        &agreement_,
        &answers_,
        &traffic_,
        &verdicts_,
        &evidence_,
        &complaints_};
  }

private:
  reported_views views_;
  lives_in_turn turns_;
  ended_lives_stay_ended endings_;
  leaves_are_no_failures leaves_;
  failures_are_noticed failures_;
  deaths_are_noticed_in_time deaths_;
  views_agree agreement_;
  failed_lives_answer answers_;
  traffic_is_bounded traffic_;
  verdicts_are_earned verdicts_;
  own_evidence_counts evidence_;
  no_complaints complaints_;
};

} // namespace chorus::testing
