#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace chorus::membership::swim {

/// The lives that this node has declared failed and that may come back: of each node at most one. A verdict
/// holds against all that the life had said until then. Only an answer of the life itself that says more
/// takes the verdict back.
class failed_lives {
public:
  /// Lives that are remembered; the one that failed longest ago makes room.
  static constexpr std::size_t limit = limits::members;

  struct life {
    member who;
    chorus::refutation refuted; ///< at the verdict
    time_point failed_at;
    std::optional<time_point> asked_at = std::nullopt; ///< whether it is there, last
  };

  /// Takes the place of an earlier life of the node.
  void add(time_point now, member who, chorus::refutation refuted);

  /// The life of that node; null if none has failed.
  life* find(const node_id& node);
  const life* find(const node_id& node) const;

  /// That very life.
  life* find(const peer& who);

  /// Of those that had this address, the one that failed last.
  life* find_at(const address& where);

  void remove(const node_id& node) { lives_.erase(node); }

  /// Those that failed since then, the latest first, at most `count`.
  std::vector<life> since(time_point when, std::size_t count) const;

  std::size_t size() const noexcept { return lives_.size(); }

private:
  std::map<node_id, life> lives_;
};

} // namespace chorus::membership::swim
