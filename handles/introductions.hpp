#pragma once

#include <chorus/runtime/ids.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace chorus::handles {

/// An actor of some node's life.
struct actor_name {
  peer home;
  std::uint64_t actor = 0;

  friend auto operator<=>(const actor_name&, const actor_name&) noexcept = default;
};

/// Handles of a third node's actors that this node gave away: the giver's side. Each is kept here until the
/// newcomer says that the home knows of it: if this node let go of it first, the actor might end in between.
///
/// An introduction is the affair of the relation between giver and newcomer. It is settled by the newcomer,
/// over that relation, or by its end. The end of the relation with the home ends the proxy, which is let
/// go then; that the newcomer still has to answer is not forgotten, or its answer would settle a later one.
template <class Handle>
class introductions {
public:
  /// Of all relations together. What goes beyond travels without this protection.
  static constexpr std::size_t limit = 1'000'000;

  /// `proxy`, which exists under the relation `with_home`, is about to be sent. Gives one that needs not
  /// be kept.
  [[nodiscard]] Handle
  add(relation_number newcomer, const actor_name& actor, relation_number with_home, Handle proxy) {
    auto given = entries_.find(newcomer);
    auto is_known = given != entries_.end() && given->second.contains(actor);
    if (!is_known && size_ >= limit)
      return proxy;
    auto& known = entries_[newcomer][actor];
    if (!is_known)
      ++size_;
    ++known.count;
    if (known.with_home < with_home || !known.proxy) {
      known.with_home = with_home;
      std::swap(known.proxy, proxy);
    }
    return proxy;
  }

  /// It was not sent, or the newcomer says that the home knows, or that it needs no handle: so often. Gives
  /// what is kept no more.
  [[nodiscard]] Handle settle(relation_number newcomer, const actor_name& actor, std::uint64_t count = 1) {
    auto given = entries_.find(newcomer);
    if (given == entries_.end())
      return nullptr;
    auto position = given->second.find(actor);
    if (position == given->second.end())
      return nullptr;
    if (position->second.count > count) {
      position->second.count -= count;
      return nullptr;
    }
    auto released = std::move(position->second.proxy);
    given->second.erase(position);
    --size_;
    if (given->second.empty())
      entries_.erase(given);
    return released;
  }

  /// The relation has ended, with newcomer or home. Gives what is kept no more.
  std::vector<Handle> forget(relation_number ended) {
    std::vector<Handle> released;
    if (auto given = entries_.find(ended); given != entries_.end()) {
      for (auto& [actor, known] : given->second)
        if (known.proxy)
          released.push_back(std::move(known.proxy));
      size_ -= given->second.size();
      entries_.erase(given);
    }
    for (auto& [newcomer, given] : entries_)
      for (auto& [actor, known] : given)
        if (known.with_home == ended && known.proxy)
          released.push_back(std::exchange(known.proxy, nullptr));
    return released;
  }

  std::size_t size() const noexcept { return size_; }

private:
  struct entry {
    Handle proxy = nullptr;
    relation_number with_home;
    std::uint64_t count = 0;
  };

  std::map<relation_number, std::map<actor_name, entry>> entries_; ///< by newcomer
  std::size_t size_ = 0;
};

} // namespace chorus::handles
