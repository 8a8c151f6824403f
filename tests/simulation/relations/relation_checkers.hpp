#pragma once

#include <chorus/membership/peers/events.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/checker.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// The promises of relations (docs/decisions/0025 and 0026), as somebody sees them who hears what all
/// processes report: one checker for each.
namespace chorus::testing {

using membership::peers::down_reason;

/// Each relation of a process is opened under a number that it has never used, is up at most once, delivers
/// only while it is up, and is forgotten; a life has one at a time. What a life's users hear of another one
/// alternates, and nothing follows the last word.
class relations_in_turn final : public simulation::checker {
public:
  relations_in_turn()
      : checker(
          "a relation is opened under a new number, up, down and forgotten, and the last word is the last"
      ) {}

  void opened(const peer& here, relation_number relation, const peer& there);
  void up(const peer& here, relation_number relation, const peer& there);
  void delivered(const peer& here, relation_number relation);
  void forgotten(const peer& here, relation_number relation);
  void down(const peer& here, relation_number relation, const peer& there);
  void gone(const peer& here, const peer& there, down_reason reason);

  /// The process has ended.
  void ended(const peer& here) { processes_.erase(here); }

private:
  struct relation {
    peer there;
    bool is_up = false;
  };

  struct process {
    std::set<relation_number> used;
    std::map<relation_number, relation> relations; ///< not forgotten
    std::map<peer, relation_number> present;       ///< the same by life
    std::map<peer, relation_number> up;            ///< for users
    std::set<peer> over;
  };

  relation* find(const peer& here, relation_number which);

  std::map<peer, process> processes_;
};

/// Two processes whose nodes and whose way to each other nothing has happened to but lost, late and doubled
/// packets never end what they have with each other. What they end otherwise is at most what has happened to
/// them, and one end for each back-off.
class bystanders_notice_nothing final : public simulation::checker {
public:
  bystanders_notice_nothing()
      : checker(
          "an undisturbed pair is never down, and relations end no more often than faults and back-offs "
          "account for"
      ) {}

  /// A fault, to the way between these two or to one of them.
  void disturbed(const node_id& one, const node_id& other) { ++pairs_[ordered(one, other)].faults; }

  /// One of them has given up a relation, which may have been up for the other one only.
  void backed_off(const node_id& one, const node_id& other) { ++pairs_[ordered(one, other)].back_offs; }

  void down(const node_id& here, const node_id& there, down_reason reason);

private:
  struct pair {
    std::uint64_t faults = 0;
    std::uint64_t back_offs = 0;
    std::map<node_id, std::uint64_t> downs; ///< reported by each
  };
  using key = std::pair<node_id, node_id>;

  static key ordered(const node_id& one, const node_id& other) {
    return one < other ? key{one, other} : key{other, one};
  }

  std::map<key, pair> pairs_;
};

/// Some time after the faults have stopped, each process is up with all others.
class all_are_up_again final : public simulation::checker {
public:
  all_are_up_again()
      : checker("after the faults all that are connected are up with each other within the bound") {}

  void demand(time_point now, duration bound) { until_ = now + bound; }

  /// True if all are.
  bool look(
      time_point now,
      const std::vector<peer>& all,
      const std::function<bool(const peer& here, const peer& there)>& is_up
  );

  const std::string& missing() const noexcept { return missing_; }

private:
  std::optional<time_point> until_;
  std::string missing_;
};

/// Whoever monitors an actor is told once of its end, and not before.
class monitors_end_once final : public simulation::checker {
public:
  monitors_end_once() : checker("each monitor is told once of an end") {}

  std::uint64_t begun() {
    monitors_.push_back(0);
    return monitors_.size() - 1;
  }
  void told(std::uint64_t monitor);

  /// At rest: whether the actor has ended for its monitor.
  void look(std::uint64_t monitor, bool has_ended);

private:
  std::vector<int> monitors_; ///< how often each was told
};

/// At rest each name stands for the same actor everywhere, of a process that runs and announces it.
class names_agree final : public simulation::checker {
public:
  names_agree() : checker("all know the same actor under a name, and its home announces it") {}

  struct entry {
    peer at;
    std::string name;
    peer origin;
    std::uint64_t actor = 0;
  };

  /// All that all processes know.
  void look(const std::vector<peer>& all, const std::vector<entry>& known);
};

} // namespace chorus::testing
