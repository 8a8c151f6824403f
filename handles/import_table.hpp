#pragma once

#include "actor_map.hpp"
#include "released_handle.hpp"
#include "wrapping_count.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::handles {

/// The proxies of another node's actors under one relation: the holder's side of the accounts
/// (`holders`). It ends with the relation.
///
/// There is one proxy for each actor, so that handles of one actor compare equal. How often its handle was
/// received is counted here, how often it was sent back by the proxy itself. One that nobody uses any more
/// is found by `sweep`, and both sums go to its home.
///
/// `Kind` says what a proxy is: `handle`, which may be null; `reason`, why an actor ends;
/// `is_unused(handle)` whether only this table can reach it; `drop_watches(handle)`, which forgets what
/// watches it in vain and gives how many it has looked at; `returned(handle)`; `take_back_returned(handle)`.
///
/// What leaves the table goes to a `garbage`: with a last handle an actor ends, and the caller says where.
template <class Kind>
class import_table {
public:
  using handle = typename Kind::handle;
  using reason = typename Kind::reason;

  /// Actors that have ended while handles of them were on their way.
  static constexpr std::size_t end_records = 65'536;

  /// Proxies are looked through when there are twice as many as were in use last, and at least so many.
  static constexpr std::size_t swept_from = 1024;

  struct garbage {
    std::vector<handle> proxies;
    std::vector<reason> reasons; ///< may hold handles
  };

  struct reception {
    handle proxy;              ///< null: make one that is dead
    std::optional<reason> end; ///< why it is; nothing if there are too many
  };

  /// A handle of the actor has come. `make()` makes a proxy, of which there may be `most`.
  template <class Make>
  reception receive(std::uint64_t actor, std::size_t most, Make&& make, garbage& old) {
    if (auto known = actors_.find(actor); known != actors_.end()) {
      ++known->second.received;
      known->second.recently_used = true;
      return {known->second.actor, {}};
    }
    if (auto ended = ends_.find(actor); ended != ends_.end() && ended->second.why) {
      reception dead{nullptr, ended->second.why};
      book_end(actor, minus(1), nullptr, old);
      return dead;
    }
    if (actors_.size() >= sweep_at_)
      sweep_all(old);
    if (actors_.size() >= most) {
      releases_.push_back({actor, 1, 0});
      return {};
    }
    return {actors_.emplace(actor, entry{make(), 1, true}).first->second.actor, {}};
  }

  /// The proxy, if there is one; not counted as received.
  handle find(std::uint64_t actor) const {
    auto known = actors_.find(actor);
    return known == actors_.end() ? handle{} : known->second.actor;
  }

  /// A handle of the actor was sent to its home, but not by a proxy of this table.
  void count_returned(std::uint64_t actor) { releases_.push_back({actor, 0, 1}); }

  /// A handle of the actor was not sent to its home after all.
  void take_back_returned(std::uint64_t actor) {
    if (auto known = actors_.find(actor); known != actors_.end())
      Kind::take_back_returned(known->second.actor);
    else
      releases_.push_back({actor, 0, minus(1)}); // it was counted in an earlier one
  }

  /// The actor has ended, and its home had given so many handles. Gives the proxy, which is to end, and
  /// remembers why for those that are still on their way.
  handle end(std::uint64_t actor, std::int64_t given, const reason& why, garbage& old) {
    entry ended;
    if (auto known = actors_.find(actor); known != actors_.end()) {
      ended = std::move(known->second);
      actors_.erase(known);
    }
    book_end(actor, static_cast<std::uint64_t>(given) - ended.received, &why, old);
    return std::move(ended.actor);
  }

  /// The home did not know the actor any more when it was told of these releases.
  void settle(const released_handle& forgotten, garbage& old) {
    book_end(forgotten.actor, minus(forgotten.received), nullptr, old);
  }

  /// Lets go of proxies that nobody uses and that were not used since the last round. Looks at about
  /// `budget` of them; returns true when this round is complete.
  bool sweep(std::size_t budget, garbage& old) {
    if (is_swept_)
      return true;
    std::vector<std::uint64_t> unused;
    for (std::size_t looked = 0; looked < budget && next_bucket_ < actors_.bucket_count(); ++next_bucket_) {
      ++looked;
      for (auto item = actors_.begin(next_bucket_); item != actors_.end(next_bucket_); ++item, ++looked) {
        looked += Kind::drop_watches(item->second.actor);
        if (!std::exchange(item->second.recently_used, false) && Kind::is_unused(item->second.actor))
          unused.push_back(item->first);
      }
    }
    let_go(unused, old);
    is_swept_ = next_bucket_ >= actors_.bucket_count();
    if (is_swept_)
      end_sweep();
    return is_swept_;
  }

  void begin_round() {
    next_bucket_ = 0;
    is_swept_ = false;
  }

  /// What the home is to be told, since the last call.
  std::vector<released_handle> take_releases() { return std::exchange(releases_, {}); }

  /// It could not be told of these now: the next `take_releases` gives them again.
  void postpone(const std::vector<released_handle>& releases) {
    releases_.insert(releases_.end(), releases.begin(), releases.end());
  }

  /// The relation is over: gives all proxies, which are to end.
  garbage close() {
    garbage all;
    for (auto& [actor, known] : std::exchange(actors_, {}))
      all.proxies.push_back(std::move(known.actor));
    for (auto& [actor, record] : std::exchange(ends_, {}))
      if (record.why)
        all.reasons.push_back(std::move(*record.why));
    releases_.clear();
    return all;
  }

  struct sizes {
    std::size_t proxies = 0;
    std::size_t ends = 0; ///< of actors, with handles or releases still on their way
  };
  sizes size() const { return {actors_.size(), ends_.size()}; }

private:
  struct entry {
    handle actor = nullptr;
    std::uint64_t received = 0;
    bool recently_used = true;
  };

  /// An actor that has ended while handles of it, or releases, are still on their way.
  struct end_record {
    std::int64_t outstanding = 0; ///< handles; negative while the end itself is not known
    std::optional<reason> why;
  };

  /// The record is there as long as there is something to wait for.
  void book_end(std::uint64_t actor, std::uint64_t handles, const reason* why, garbage& old) {
    if (ends_.size() >= end_records && !ends_.contains(actor))
      return;
    auto position = ends_.try_emplace(actor).first;
    auto& record = position->second;
    add(record.outstanding, handles);
    if (record.why && (why != nullptr || record.outstanding == 0))
      old.reasons.push_back(std::move(*record.why));
    if (record.outstanding == 0)
      ends_.erase(position);
    else if (why != nullptr)
      record.why = *why;
  }

  void sweep_all(garbage& old) {
    std::vector<std::uint64_t> unused;
    for (auto& [actor, known] : actors_)
      if (Kind::is_unused(known.actor))
        unused.push_back(actor);
    let_go(unused, old);
    end_sweep();
  }

  void end_sweep() { sweep_at_ = std::max(swept_from, 2 * actors_.size()); }

  void let_go(const std::vector<std::uint64_t>& actors, garbage& old) {
    for (auto actor : actors) {
      auto position = actors_.find(actor);
      auto& unused = position->second;
      releases_.push_back({actor, unused.received, Kind::returned(unused.actor)});
      old.proxies.push_back(std::move(unused.actor));
      actors_.erase(position);
    }
  }

  actor_map<entry> actors_;
  actor_map<end_record> ends_;
  std::vector<released_handle> releases_;
  std::size_t next_bucket_ = 0; ///< of `actors_`, where the sweep goes on
  bool is_swept_ = false;       ///< in this round
  std::size_t sweep_at_ = swept_from;
};

} // namespace chorus::handles
