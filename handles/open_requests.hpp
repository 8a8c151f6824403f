#pragma once

#include <chorus/runtime/ids.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace chorus::handles {

/// A request by its sender and the number that it shares with its answer.
struct request_key {
  std::uint64_t requester = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const request_key&, const request_key&) noexcept = default;
};

/// Requests of local actors that wait for an answer from another node, and who will give it as far as this is
/// known. Each is ended once.
///
/// A request moves when it is delegated. Who delegates says so, and then who has received it; the news of two
/// delegations come from two nodes, in any order. Until it is known to have arrived it may have been lost on
/// its way over a link between others. So it ends when
///
/// - the relation with the node that has it ends, or with one that passed it on before it has arrived;
/// - one that passed it on says that the link over which it went has ended (`cut`);
/// - it moves to a life with which there is no relation, or with which one has ended since the request was
///   made: that life may have received it under the relation that has ended, and answered nobody.
///
/// `Request` is whatever ends one; it is not looked at.
template <class Request>
class open_requests {
public:
  /// Requests whose requester lives on without an answer stay here. At the limit the oldest one gives way.
  static constexpr std::size_t limit = 1'000'000;

  /// Delegations of one request that are known before those that came first.
  static constexpr std::size_t moves_ahead = 8;

  /// Lives whose relation has ended while a request was open.
  static constexpr std::size_t remembered_ends = 65'536;

  /// Another node, and the relation with it now.
  struct place {
    peer life;
    relation_number relation; ///< 0: none

    friend bool operator==(const place&, const place&) = default;
  };

  /// Where a request is that is delegated back to this node.
  static constexpr relation_number here = relation_number::max();

  explicit open_requests(std::size_t most = limit) : limit_(most) {}

  /// Gives the request that has given way, if one had to.
  [[nodiscard]] std::optional<Request> add(const request_key& which, Request request, const place& to) {
    if (auto same = entries_.find(which); same != entries_.end())
      erase(same);
    std::optional<Request> evicted;
    if (entries_.size() >= limit_ && !by_age_.empty())
      evicted = take(by_age_.front());
    auto age = by_age_.insert(by_age_.end(), which);
    entries_.emplace(which, entry{std::move(request), to, ++clock_, age, {}, {}});
    return evicted;
  }

  /// The answer is there, or the request was never sent. None if it was not open any more.
  std::optional<Request> take(const request_key& which) {
    auto position = entries_.find(which);
    if (position == entries_.end())
      return std::nullopt;
    std::optional<Request> taken{std::move(position->second.request)};
    erase(position);
    return taken;
  }

  /// `from` has delegated the request to `to`, or has received it itself, if that is the same. Gives the
  /// request if its outcome is unknown now; it is then no longer open.
  [[nodiscard]] std::optional<Request> move(const request_key& which, relation_number from, const place& to) {
    auto position = entries_.find(which);
    if (position == entries_.end())
      return std::nullopt;
    auto& moving = position->second;
    if (from == moving.to.relation)
      moving.advance(to);
    else if (moving.moves.size() < moves_ahead)
      moving.moves.push_back({from, to});
    for (auto next = moving.leads_on(); next != moving.moves.end(); next = moving.leads_on()) {
      auto further = *next;
      moving.moves.erase(next);
      moving.advance(further.to);
      moving.is_cut = further.is_cut && !moving.via.empty();
    }
    return is_lost(moving) ? take(which) : std::nullopt;
  }

  bool empty() const noexcept { return entries_.empty(); }

  /// The requester has ended and waits no more.
  void forget(std::uint64_t requester) {
    auto next = entries_.lower_bound({requester, 0});
    while (next != entries_.end() && next->first.requester == requester)
      next = erase(next);
  }

  /// A relation has ended. Gives all requests that wait for that node, and those that it has delegated to one
  /// that is not known to have them. They are then no longer open.
  std::vector<Request> end(const place& ended) {
    auto closed = take_if([&](const entry& each) {
      return each.to.relation == ended.relation || each.was_delegated_by(ended.relation);
    });
    ends_[ended.life] = clock_;
    prune();
    return closed;
  }

  /// `via` cannot be sure that what it has delegated to `to` has arrived, or will be answered. Gives the
  /// requests that are not known to have arrived. It holds for delegations that are known too early as well.
  std::vector<Request> cut(relation_number via, const peer& to) {
    for (auto& [which, each] : entries_)
      for (auto& ahead : each.moves)
        if (ahead.from == via && ahead.to.life == to)
          ahead.is_cut = true;
    return take_if([&](const entry& each) { return each.to.life == to && each.was_delegated_by(via); });
  }

private:
  /// News of a delegation that came before that of an earlier one.
  struct move_ahead {
    relation_number from;
    place to;
    bool is_cut = false; ///< on the way, perhaps
  };

  struct entry {
    bool was_delegated_by(relation_number who) const {
      return std::find(via.begin(), via.end(), who) != via.end();
    }

    void advance(const place& next) {
      is_cut = false; // whoever passes it on had received it
      if (to.relation == next.relation) {
        via.clear(); // it has arrived: whoever passed it on does not matter any more
        return;
      }
      if (via.size() >= moves_ahead)
        via.erase(via.begin());
      via.push_back(to.relation);
      to = next;
    }

    auto leads_on() {
      return std::find_if(moves.begin(), moves.end(), [&](auto& each) { return each.from == to.relation; });
    }

    Request request;
    place to;
    std::uint64_t made = 0;
    typename std::list<request_key>::iterator age;
    std::vector<move_ahead> moves;    ///< not yet reached
    std::vector<relation_number> via; ///< who delegated it, until it has arrived
    bool is_cut = false;              ///< the way on which it is, unless it has arrived
  };
  using table = std::map<request_key, entry>;

  bool is_lost(const entry& moving) const {
    if (!moving.to.relation || moving.is_cut)
      return true;
    auto has_arrived = moving.via.empty();
    auto ended = ends_.find(moving.to.life);
    return !has_arrived && ended != ends_.end() && ended->second >= moving.made;
  }

  template <class Predicate>
  std::vector<Request> take_if(Predicate&& is_meant) {
    std::vector<Request> taken;
    for (auto next = entries_.begin(); next != entries_.end();)
      if (is_meant(next->second)) {
        taken.push_back(std::move(next->second.request));
        next = erase(next);
      } else {
        ++next;
      }
    return taken;
  }

  /// An end before the oldest request was made concerns none.
  void prune() {
    auto oldest = by_age_.empty() ? clock_ + 1 : entries_.at(by_age_.front()).made;
    std::erase_if(ends_, [&](auto& end) { return end.second < oldest; });
    if (ends_.size() > remembered_ends)
      ends_.erase(std::min_element(ends_.begin(), ends_.end(), [](auto& one, auto& other) {
        return one.second < other.second;
      }));
  }

  typename table::iterator erase(typename table::iterator which) {
    by_age_.erase(which->second.age);
    return entries_.erase(which);
  }

  const std::size_t limit_;
  std::uint64_t clock_ = 0; ///< requests so far
  table entries_;
  std::list<request_key> by_age_;      ///< the oldest first
  std::map<peer, std::uint64_t> ends_; ///< of relations, while there are requests that were made before
};

} // namespace chorus::handles
