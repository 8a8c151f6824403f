#pragma once

#include "actor_map.hpp"
#include "holders.hpp"

#include <chorus/runtime/ids.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::handles {

/// The local actors that other nodes may know of: the home's decisions about them.
///
/// An actor is held here as long as another node holds a handle of it, as a handle in a local actor's hands
/// would hold it. After that only its number is remembered, until it ends. What is held no more is given
/// back: with the last handle an actor ends, and the caller says where.
///
/// `Kind` says what an actor is: `handle`, which may be null; `weak_handle` with `lock()`; `weaken(handle)`;
/// `reason`, why an actor ends.
template <class Kind>
class export_table {
public:
  using handle = typename Kind::handle;
  using reason = typename Kind::reason;

  /// Reasons that are remembered, of the last actors that have ended.
  static constexpr std::size_t remembered_ends = 4096;

  /// A handle of the actor is about to be sent. Returns true when the actor is new here: the caller then
  /// arranges that `remove` is called when it ends.
  bool give(std::uint64_t number, const handle& actor, relation_number to) {
    if (closed_)
      return false;
    auto [position, is_new] = entries_.try_emplace(number);
    auto& known = position->second;
    if (is_new)
      known.actor = Kind::weaken(actor);
    if (!known.held)
      known.held = actor;
    known.holders.give(to);
    return is_new;
  }

  /// It was not sent after all; the sender still holds it. Gives what is held no more.
  [[nodiscard]] handle take_back(std::uint64_t number, relation_number to) {
    auto position = entries_.find(number);
    if (position == entries_.end())
      return nullptr;
    position->second.holders.take_back(to);
    return position->second.let_go();
  }

  struct arrival {
    handle actor;    ///< null if it has ended
    handle released; ///< what is held no more
  };

  /// A handle of the actor came from there.
  arrival came_back(std::uint64_t number, relation_number from) {
    auto position = entries_.find(number);
    if (position == entries_.end())
      return {};
    auto& known = position->second;
    arrival found{known.strong(), nullptr};
    known.holders.came_back(from);
    if (!known.held && !known.holders.empty())
      known.held = found.actor;
    else
      found.released = known.let_go();
    return found;
  }

  struct release_result {
    bool is_known = false; ///< false if the actor has ended
    handle released;
  };

  /// That node has a handle from somebody else. Its release may have overtaken this news: then the actor is
  /// held no more.
  release_result hold(std::uint64_t number, relation_number by) {
    auto position = entries_.find(number);
    if (position == entries_.end())
      return {};
    auto& known = position->second;
    if (!known.held && !(known.held = known.actor.lock()))
      return {};
    known.holders.give(by);
    return {true, known.let_go()};
  }

  /// That node uses its handle no more.
  release_result
  release(std::uint64_t number, relation_number by, std::uint64_t received, std::uint64_t returned) {
    auto position = entries_.find(number);
    if (position == entries_.end())
      return {};
    position->second.holders.release(by, received, returned);
    return {true, position->second.let_go()};
  }

  /// Null if it has ended.
  handle find(std::uint64_t number) const {
    auto position = entries_.find(number);
    return position == entries_.end() ? handle{} : position->second.strong();
  }

  struct end_result {
    std::vector<holders::holder> to_tell;
    handle released;
    std::optional<reason> forgotten; ///< of an earlier end
  };

  /// The actor has ended.
  end_result remove(std::uint64_t number, const reason& why) {
    end_result result;
    auto position = entries_.find(number);
    if (position == entries_.end())
      return result;
    result.to_tell = position->second.holders.all();
    result.released = std::move(position->second.held);
    entries_.erase(position);
    if (ends_.try_emplace(number, why).second)
      order_of_ends_.push_back(number);
    if (order_of_ends_.size() > remembered_ends) {
      result.forgotten = std::move(ends_.extract(order_of_ends_.front()).mapped());
      order_of_ends_.pop_front();
    }
    return result;
  }

  /// Why the actor has ended; nothing if that was long ago.
  std::optional<reason> reason_of_end(std::uint64_t number) const {
    auto position = ends_.find(number);
    return position == ends_.end() ? std::nullopt : std::optional{position->second};
  }

  /// The relation has ended. Gives the actors that are held no more.
  std::vector<handle> forget(relation_number ended) {
    std::vector<handle> released;
    for (auto& [number, known] : entries_) {
      known.holders.forget(ended);
      if (auto actor = known.let_go())
        released.push_back(std::move(actor));
    }
    return released;
  }

  /// Forgets all actors and takes no more: `give` answers false. Gives the actors that were held.
  std::vector<handle> close() {
    closed_ = true;
    std::vector<handle> released;
    for (auto& [number, known] : std::exchange(entries_, {}))
      if (known.held)
        released.push_back(std::move(known.held));
    return released;
  }

  /// Actors that are held for others, and those of which there is a record.
  struct sizes {
    std::size_t held = 0;
    std::size_t known = 0;
  };

  sizes size() const {
    auto held = std::count_if(entries_.begin(), entries_.end(), [](auto& item) {
      return item.second.held != nullptr;
    });
    return {static_cast<std::size_t>(held), entries_.size()};
  }

private:
  struct entry {
    typename Kind::weak_handle actor;
    handle held = nullptr; ///< while there are holders
    handles::holders holders;

    handle strong() const { return held ? held : actor.lock(); }
    handle let_go() { return holders.empty() ? std::exchange(held, nullptr) : nullptr; }
  };

  bool closed_ = false;
  actor_map<entry> entries_;
  actor_map<reason> ends_;
  std::deque<std::uint64_t> order_of_ends_;
};

} // namespace chorus::handles
