#pragma once

#include "detection_times.hpp"
#include "membership_checkers.hpp"
#include "reported_views.hpp"

#include <chorus/membership/events.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
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
        traffic_(what.datagram_bytes, what.period, what.idle_messages), verdicts_(what.period) {}

  // -- what happens to processes ----------------------------------------------------------------------

  void started(const peer& who) { views_[who.node] = {who, {}, {}, {}}; }

  /// It wants to leave, and may end any time.
  void leaving(const peer& who) { leaves_.leaving(who); }

  void ended(time_point now, const peer& who);

  // -- what they say ----------------------------------------------------------------------------------

  void up(const node_id& at, const membership::member& who);
  void down(time_point now, const node_id& at, const membership::member_down& what);
  void suspected(time_point now, const node_id& at, const peer& who);
  void trusted(const node_id& at, const peer& who);
  void updated(const node_id& at, const membership::member& who);
  void declared_failed(const node_id& at);

  /// It has started over and reported everybody down.
  void new_life(time_point now, const peer& who);

  /// A datagram to a member, or to an address.
  void sent(std::size_t bytes, bool to_member) { traffic_.sent(bytes, to_member); }

  /// It has found by itself that a suspect has failed, and has not said so yet.
  void verdict(const node_id& at, const membership::suspicion_report& why) {
    verdicts_.verdict(views_.at(at), why);
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
        &outcasts_,
        &traffic_,
        &verdicts_,
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
  outcasts_return outcasts_;
  traffic_is_bounded traffic_;
  verdicts_are_earned verdicts_;
  no_complaints complaints_;
};

} // namespace chorus::testing
