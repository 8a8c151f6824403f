#pragma once

#include "../caf17/remote_actor.hpp"
#include "parcel.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace chorus {

/// The relation with one life of another node, as remoting sees it: the way there, and the stand-ins of its
/// actors. A life that is lost and met again has another one.
///
/// There is one stand-in for each actor, so that handles of one actor compare equal. One that nobody here
/// uses any more is found by `sweep`, and its home is told; `handles/holders.hpp` has the accounts.
/// Thread rules: any thread.
class remote_node : public std::enable_shared_from_this<remote_node> {
public:
  /// Stand-ins that are kept: a handle costs its sender a few bytes, and this node an actor.
  static constexpr std::size_t stand_ins = 1'000'000;

  /// The same while the node is not met: any peer may name nodes that do not exist.
  static constexpr std::size_t unmet_stand_ins = 4096;

  /// Actors that have ended while handles of them were on their way.
  static constexpr std::size_t end_records = 65'536;

  /// Of a reason that came in more bytes only the code is remembered, without the context.
  static constexpr std::size_t remembered_reason_bytes = limits::kibibyte;

  /// What waits for a link to be opened: a handle may arrive before its node is known here.
  static constexpr std::size_t waiting_bytes = limits::mebibyte;

  /// A part of it that is kept for notices: without one of them the two nodes would disagree for ever.
  static constexpr std::size_t waiting_reserve_bytes = waiting_bytes / 4;

  /// Who wants to know when a link is opened.
  static constexpr std::size_t met_waiters = 1024;

  /// Stand-ins are looked through when there are twice as many as were in use last, and at least so many.
  static constexpr std::size_t swept_from = 1024;

  remote_node(
      const peer& who,
      relation_number relation,
      caf::actor_system& system,
      std::shared_ptr<caf17::gateway> hub
  );

  const peer& who() const noexcept { return who_; }
  relation_number relation() const noexcept { return relation_; }

  // -- the way there --------------------------------------------------------------------------------

  /// Sends, or keeps the message until there is a link. Answers as `outbox::send`.
  errc send(link::send message);

  /// Null until the node is met.
  std::shared_ptr<outbox> link() const;

  /// There is a link now. Gives back what has waited and is not taken by it.
  std::vector<link::refused> open(std::shared_ptr<outbox> link);

  bool is_met() const;

  /// Who waits for what: an actor here, for the way to an actor there.
  struct met_waiter {
    std::uint64_t asker = 0;
    std::uint64_t receiver = 0;
    friend auto operator<=>(const met_waiter&, const met_waiter&) = default;
  };

  /// Calls `then` once there is a link or never will be: at once, or from within `open` or `lose`. Once for
  /// each `who`, however often it asks. False, and it is dropped, if too many wait.
  [[nodiscard]] bool when_met(const met_waiter& who, std::function<void()> then);
  void forget(const met_waiter& who);

  /// Whether there has been no link since the first call with an earlier `now`, for `patience`.
  bool is_overdue(time_point now, duration patience);

  /// A request of an actor of `origin` was delegated to this node. False if this life is over: nobody will
  /// take it from here.
  [[nodiscard]] bool note_delegation(const peer& origin);
  void forget_delegator(const peer& origin);

  /// Of whom requests were delegated to this node.
  std::set<peer> take_delegators();

  /// A notice found no room: the two nodes would disagree for ever. True for the first that says so.
  bool give_up();

  // -- stand-ins ------------------------------------------------------------------------------------

  /// The stand-in of an actor whose handle has come. If not from that node itself, the caller tells it so
  /// (`parcel::hold`), once for each call.
  caf::strong_actor_ptr receive(std::uint64_t actor);

  /// The stand-in, if there is one; not counted as received.
  caf::strong_actor_ptr find(std::uint64_t actor) const;

  /// A handle of the actor was sent to its home, but not by a stand-in of this table.
  void count_returned(std::uint64_t actor);

  /// A handle of the actor was not sent to its home after all.
  void take_back_returned(std::uint64_t actor);

  /// The actor has ended: its stand-in ends with the same reason, which came in so many bytes.
  void end(std::uint64_t actor, std::int64_t given, const caf::error& reason, std::size_t reason_bytes);

  /// The home did not know the actor any more when it was told of these releases.
  void settle(const released_handle& what);

  /// Lets go of stand-ins that nobody uses and that were not used since the last round. Looks at about
  /// `budget` of them; returns true when this round is complete.
  bool sweep(std::size_t budget);

  void begin_round();

  /// What the home is to be told, since the last call.
  std::vector<released_handle> take_releases();

  /// It could not be told of these now: the next `take_releases` gives them again.
  void postpone(std::vector<released_handle> releases);

  struct sizes {
    std::size_t stand_ins = 0;
    std::size_t ends = 0; ///< of actors, with handles or releases still on their way
  };
  sizes size() const;

  /// This life is over: all stand-ins end, later ones are born dead. Gives back what has waited.
  std::vector<link::send> lose(const caf::error& reason);

  /// A stand-in that has ended.
  static caf::strong_actor_ptr make_dead(
      caf::actor_system& system,
      const caf17::actor_reference& reference,
      std::shared_ptr<caf17::gateway> hub,
      caf::error reason
  );

private:
  struct stand_in {
    caf::strong_actor_ptr actor;
    std::uint64_t received = 0;
    bool recently_used = true;
  };

  /// An actor that has ended while handles of it, or releases, are still on their way.
  struct end_record {
    std::int64_t outstanding = 0; ///< handles; negative while the end itself is not known
    std::optional<caf::error> reason;
  };

  void book_end(
      std::uint64_t actor, std::uint64_t handles, const caf::error* reason, std::vector<caf::error>& garbage
  );
  void sweep_all(std::vector<caf::strong_actor_ptr>& garbage);
  void end_sweep();
  void let_go(const std::vector<std::uint64_t>& actors, std::vector<caf::strong_actor_ptr>& garbage);

  const peer who_;
  const relation_number relation_;
  caf::actor_system& system_;
  const std::shared_ptr<caf17::gateway> hub_;

  mutable std::mutex mutex_;
  std::shared_ptr<outbox> link_;
  std::atomic<outbox*> open_link_ = nullptr; ///< the same, without the mutex
  std::atomic<bool> given_up_ = false;
  std::vector<link::send> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<met_waiter, std::function<void()>> when_met_;
  std::set<peer> delegators_;
  std::optional<time_point> waiting_since_;
  std::optional<caf::error> lost_;

  std::unordered_map<std::uint64_t, stand_in> actors_;
  std::unordered_map<std::uint64_t, end_record> ends_;
  std::vector<released_handle> releases_;
  std::size_t next_bucket_ = 0; ///< of `actors_`, where the sweep goes on
  bool is_swept_ = false;       ///< in this round
  std::size_t sweep_at_ = swept_from;
};

} // namespace chorus
