#pragma once

#include <chorus/membership/swim/rumour.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace chorus::membership::swim {

/// The rumours that this node spreads, each as often as it takes for everybody to hear it: some multiple
/// of the logarithm of the cluster's size (SWIM, section 4.1: lambda log n).
///
/// There is at most one about each node: a newer one takes the place of the older. Whatever was said
/// least often is said first, among those the newest, so news pass what many know already.
class rumour_queue {
public:
  /// As many as there can be members. Above it the one that was said most often makes room.
  static constexpr std::size_t limit = limits::members;

  /// How often a rumour is said by each node that hears it, in a cluster of that many.
  static unsigned repetitions(std::size_t members);

  /// False if another rumour had to make room.
  bool put(rumour what);

  bool contains(const node_id& subject) const { return items_.contains(subject); }

  /// Nothing more is said about that node. A no-op if nothing was.
  void forget(const node_id& subject);

  void clear();

  /// Rumours for one message to `to`, of at most `bytes` together. They count as said `times` times; each is
  /// gone once it was said `repetitions` times. What is about `to` itself counts as said: it knows better.
  std::vector<rumour> take(std::size_t bytes, unsigned repetitions, const node_id& to, unsigned times = 1);

  bool empty() const noexcept { return items_.empty(); }
  std::size_t size() const noexcept { return items_.size(); }

  /// Whether there is one that was never said.
  bool has_news() const { return !order_.empty() && order_.begin()->said == 0; }

private:
  struct place {
    unsigned said = 0;
    std::uint64_t age = 0; ///< the less, the newer
    node_id subject;

    friend auto operator<=>(const place&, const place&) = default;
  };

  struct item {
    rumour what;
    std::size_t bytes = 0;
    place where;
  };

  std::map<node_id, item> items_;
  std::set<place> order_;
  std::uint64_t next_age_ = UINT64_MAX;
};

} // namespace chorus::membership::swim
