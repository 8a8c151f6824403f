#pragma once

#include "reported_views.hpp"

#include <chorus/membership/suspicion_report.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/checker.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

/// The promises of a membership protocol: one checker for each. They are told of a report before the view
/// takes it up (membership_books.hpp).
namespace chorus::testing {

/// A member is up before it is anything else, one life of a node at a time.
class lives_in_turn final : public simulation::checker {
public:
  lives_in_turn() : checker("a member is up before it is anything else, and one life of it at a time") {}
  void up(const reported_view& at, const membership::member& who);
  void mentioned(const reported_view& at, const peer& who, const std::string& as);
  void suspected(const reported_view& at, const peer& who);
  void trusted(const reported_view& at, const peer& who);
};

/// What an observer has reported over is over once, and does not come up again within the observer's life.
class ended_lives_stay_ended final : public simulation::checker {
public:
  ended_lives_stay_ended() : checker("nothing of a life that was declared over is reported alive again") {}
  void up(const reported_view& at, const membership::member& who);
  void over(const reported_view& at, const peer& who);
};

/// Once a leave has reached one member, no member that can talk to one who knows of it reports a failure;
/// and nobody is said to leave who does not.
///
/// A member knows of it as long as its own life lasts and no later life of that node has come: of each node
/// only the last end is remembered. "Can talk" means that each has the other as a member, and the world lets
/// them. It is sampled: each time somebody looks around, from before the suspicion (which is what is
/// answered) until the verdict, and for at least `spread`, which is the time that a rumour may take in a
/// cluster that loses a few packets.
class leaves_are_no_failures final : public simulation::checker {
public:
  using in_touch = std::function<bool(const node_id&, const node_id&)>;

  explicit leaves_are_no_failures(duration spread)
      : checker("a leave that reached a member is never a failure to those it talks to"), spread_(spread) {}

  void leaving(const peer& who) { leaves_.try_emplace(who); }

  void up(const reported_view& at, const peer& who);
  void suspected(time_point now, const reported_view& at, const peer& who);

  /// The life of that process has ended, and what it knew is gone with it.
  void ended(const node_id& at);
  void failed(time_point now, const reported_view& at, const peer& who);
  void over(const reported_view& at, const peer& who, membership::member_over::why reason);
  void look(time_point now, const reported_views& all, const in_touch& can_talk);

private:
  struct leave {
    std::set<node_id> knowing;
    std::map<node_id, time_point> told_since;      ///< who can talk to one of them, and since when
    std::map<node_id, time_point> suspected_since; ///< by whom
  };

  duration spread_;
  std::map<peer, leave> leaves_;
};

/// Within the bound after its end, or after the faults have stopped, nobody has a life any more that is over.
class failures_are_noticed final : public simulation::checker {
public:
  failures_are_noticed() : checker("who has crashed is declared over by all others within the bound") {}
  void ended(time_point now, const peer& who) { ended_[who] = now; }

  /// From now on ends must be noticed within `bound`; nothing: whenever.
  void demand(time_point now, std::optional<duration> bound);
  void look(time_point now, const reported_views& all);

private:
  std::map<peer, time_point> ended_;
  std::optional<duration> bound_;
  time_point demanded_since_;
};

/// Some time after the faults have stopped nobody alive is suspected and everybody has everybody, as they are
/// now; and once that has been so for `steady`, it stays so. Until then a probe may fail that was lost in the
/// storm.
class views_agree final : public simulation::checker {
public:
  explicit views_agree(duration steady)
      : checker("once the faults have stopped, nobody alive is suspected and all views are equal"),
        steady_(steady) {}

  /// From now on views must become equal within `bound`; nothing: need not be.
  void demand(time_point now, std::optional<duration> bound);

  /// Lives that are over may be in the views still (failures_are_noticed judges that). True if all has been
  /// well for `steady`.
  bool look(time_point now, const reported_views& all, const std::map<node_id, membership::member>& alive);

  /// What was not well when somebody last looked.
  const std::string& difference() const noexcept { return difference_; }

private:
  duration steady_;
  std::optional<time_point> until_;
  std::optional<time_point> agreed_since_;
  std::string difference_;
};

/// Who has failed for an observer is up again there only after it has answered itself.
class failed_lives_answer final : public simulation::checker {
public:
  failed_lives_answer() : checker("a life that has failed is up again only after its own answer") {}
  void up(const reported_view& at, const peer& who);
};

/// Nobody believes others that a member has failed whom it has heard itself within a period.
class own_evidence_counts final : public simulation::checker {
public:
  explicit own_evidence_counts(duration period)
      : checker("a verdict of others is not believed against what a node heard itself"), period_(period) {}
  void believed(
      const reported_view& at, const peer& who, time_point now, const std::optional<time_point>& heard_at
  );

private:
  duration period_;
};

/// No datagram is larger than it may be, and where nothing happens a node says no more than a fixed number of
/// things to members in each period, however large the cluster is.
class traffic_is_bounded final : public simulation::checker {
public:
  /// `idle_messages`: of one node in one `period`.
  traffic_is_bounded(std::size_t datagram_bytes, duration period, double idle_messages)
      : checker("datagrams are bounded, and a quiet cluster is quiet"), datagram_bytes_(datagram_bytes),
        period_(period), idle_messages_(idle_messages) {}

  void sent(std::size_t bytes, bool to_member);
  void begin_idle(time_point now);
  void end_idle(time_point now, std::size_t nodes);

private:
  std::size_t datagram_bytes_;
  duration period_;
  double idle_messages_;
  std::uint64_t messages_ = 0; ///< to members
  std::uint64_t before_idle_ = 0;
  time_point idle_since_;
};

/// Whoever finds that a suspect has failed has waited as long as the voices that count ask for: of members
/// that are not suspected themselves. Or two of them (or all that can answer) were refused a connection.
/// Members can answer that are neither suspected nor have abstained.
class verdicts_are_earned final : public simulation::checker {
public:
  explicit verdicts_are_earned(duration period)
      : checker("a verdict waits as long as the voices that count ask for"), period_(period) {}

  void verdict(const reported_view& at, const membership::suspicion_report& why);

private:
  duration period_;
};

/// No process refuses an honest one, none says what another cannot read, and none falls for little.
class no_complaints final : public simulation::checker {
public:
  no_complaints() : checker("no process finds fault with another that does nothing wrong") {}
  void complain(const std::string& what) { broken(what); }
};

} // namespace chorus::testing
