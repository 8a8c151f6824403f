#pragma once

#include <chorus/runtime/ids.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace chorus {

/// Requests of local actors that wait for an answer from another node. When that node is lost, each of
/// them is answered with an error: none waits for ever.
///
/// The requesters are not held here: the node that has the request holds a handle of each (`holders`), as a
/// mailbox does within a node, and gives it back when nobody there is going to answer any more.
///
/// Thread rules: any thread.
class open_requests {
public:
  struct request {
    caf::strong_actor_ptr sender;
    caf::message_id id;
  };

  /// Requests whose requester lives on without an answer, and whose time limit is CAF's affair, stay here. At
  /// the limit the oldest one gives way.
  static constexpr std::size_t limit = 1'000'000;

  /// Delegations of one request that are known before those that came first.
  static constexpr std::size_t moves_ahead = 8;

  explicit open_requests(std::size_t most = limit) : limit_(most) {}

  /// Gives the request that has given way, if one had to and its requester still lives.
  [[nodiscard]] std::optional<request>
  add(const peer& to, const caf::strong_actor_ptr& sender, caf::message_id id);

  /// The answer is there, or the request was never sent. Returns false if it was not open any more, so
  /// that every request is answered exactly once.
  bool close(std::uint64_t sender, caf::message_id id);

  /// The same, for who is to answer it. The sender is null if it is gone. None if the request is not open.
  std::optional<request> take(std::uint64_t sender, caf::message_id id);

  /// `from` has delegated the request to `to`, or has received it itself, if that is the same. Gives who will
  /// answer as far as this is known, which may still be another one: news of two delegations come from two
  /// nodes, in any order. None if the request is not open.
  std::optional<peer> move(std::uint64_t sender, caf::message_id id, const peer& from, const peer& to);

  bool empty();

  /// The sender has ended and waits no more.
  void forget(std::uint64_t sender);

  /// All requests that wait for this node, or that it has delegated to one that does not have them yet. They
  /// are then no longer open.
  std::vector<request> close_all(const peer& to);

  /// All that `via` has delegated to `to` and that are not known to have arrived.
  std::vector<request> close_all(const peer& to, const peer& via);

private:
  /// The sender and the number that its request and the response to it share.
  using key = std::pair<std::uint64_t, std::uint64_t>;
  static key key_of(std::uint64_t sender, caf::message_id id) noexcept;

  struct entry {
    void advance(const peer& from, const peer& next);

    bool was_delegated_by(const peer& who) const {
      return std::find(via.begin(), via.end(), who) != via.end();
    }

    peer to;
    caf::weak_actor_ptr sender;
    caf::message_id id;
    std::list<key>::iterator place;           ///< in `by_age_`
    std::vector<std::pair<peer, peer>> moves; ///< from where to where, not yet reached
    std::vector<peer> via;                    ///< who delegated it, until it has arrived
  };
  using table = std::map<key, entry>;

  template <class Predicate>
  std::vector<request> close_if(Predicate&& holds);
  table::iterator erase(table::iterator which);
  std::optional<request> close_oldest();

  const std::size_t limit_;
  std::mutex mutex_;
  table entries_;
  std::list<key> by_age_; ///< the oldest first
};

} // namespace chorus
