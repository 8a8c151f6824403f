#pragma once

#include <chorus/membership/standing.hpp>
#include <chorus/membership/swim/message.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

namespace chorus::membership::swim {

/// What a node does that was told that its life was declared failed: before it believes that, it asks its
/// own members whether they still hear it, and weighs. Its view alone proves nothing: a process that was
/// stopped for a minute still believes in everybody.
class roll_call {
public:
  /// Members that are asked; of more, so many, taken by chance, speak for all. The least member that is not
  /// suspected is asked besides if it is not among them (judging.cpp).
  static constexpr std::size_t asked_limit = 64;

  /// Judges that are remembered.
  static constexpr std::size_t judges_limit = 64;

  struct judge {
    peer who;
    address where;
    standing weight;
  };

  /// Pre: `asked` are some of `members` members.
  roll_call(probe_number number, time_point ends_at, std::set<peer> asked, std::size_t members)
      : number_(number), ends_at_(ends_at), asked_(std::move(asked)), members_(members) {}

  /// Who has not answered by then is asked once more: one lost datagram should not cost a life.
  void ask_again_at(time_point when) { asks_again_at_ = when; }
  std::optional<time_point> asks_again_at() const noexcept { return asks_again_at_; }

  /// Those to ask once more; from now on there is no further time.
  std::set<peer> take_absent();

  /// The question that the answers belong to.
  probe_number number() const noexcept { return number_; }
  time_point ends_at() const noexcept { return ends_at_; }
  void postpone(duration pause);

  /// This member still answers this life.
  void answered(const peer& who);

  /// Somebody says that it has declared this life failed; its latest statement counts.
  void accused(judge by);

  /// A judge is heard as a new life, or is over: its case is settled.
  void settle(const node_id& who);

  /// What stands behind this node, as far as it was verified. Judges do not.
  standing weigh(const node_id& self) const;

  /// The judge with the greatest standing among those that outweigh this node; null if none does.
  const judge* find_outweighing(const node_id& self) const;

  const std::vector<judge>& judges() const noexcept { return judges_; }

private:
  probe_number number_;
  time_point ends_at_;
  std::optional<time_point> asks_again_at_;
  std::set<peer> asked_;
  std::size_t members_;
  std::set<peer> present_;
  std::vector<judge> judges_;
};

} // namespace chorus::membership::swim
