#pragma once

#include "../caf17/proxy_kind.hpp"
#include "../caf17/remote_actor.hpp"
#include "notice.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/handles/import_table.hpp>
#include <chorus/handles/open_holds.hpp>
#include <chorus/handles/passed_requests.hpp>
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
#include <vector>

namespace chorus {

/// The relation with one life of another node, as remoting sees it: the way there, and the proxies of its
/// actors. A life that is lost and met again has another one.
///
/// There is one proxy for each actor, so that handles of one actor compare equal. One that nobody here
/// uses any more is found by `sweep`, and its home is told; `handles/holders.hpp` has the accounts.
/// Thread rules: any thread.
class remote_node : public std::enable_shared_from_this<remote_node> {
public:
  /// The sending sides of one link.
  struct outboxes {
    std::shared_ptr<outbox> handles; ///< for notices
    std::shared_ptr<outbox> actors;
  };

  /// Proxies that are kept: a handle costs its sender a few bytes, and this node an actor.
  static constexpr std::size_t proxies = 1'000'000;

  /// The same while the node is not met: any peer may name nodes that do not exist.
  static constexpr std::size_t unmet_proxies = 4096;

  /// Of a reason that came in more bytes only the code is remembered, without the context.
  static constexpr std::size_t remembered_reason_bytes = limits::kibibyte;

  /// What waits for a link to be opened: a handle may arrive before its node is known here.
  static constexpr std::size_t waiting_bytes = limits::mebibyte;

  /// A part of it that is kept for notices: without one of them the two nodes would disagree for ever.
  static constexpr std::size_t waiting_reserve_bytes = waiting_bytes / 4;

  /// Who wants to know when a link is opened.
  static constexpr std::size_t met_waiters = 1024;

  remote_node(
      const peer& who,
      relation_number relation,
      caf::actor_system& system,
      std::shared_ptr<caf17::gateway> hub
  );

  const peer& who() const noexcept { return who_; }
  relation_number relation() const noexcept { return relation_; }

  // -- the way there --------------------------------------------------------------------------------

  /// Sends on the message's channel, or keeps the message until there is a link. Answers as `outbox::send`.
  errc send(link::send message);

  /// The way of actors' messages, and that of notices. Null until the node is met.
  std::shared_ptr<outbox> link() const;
  std::shared_ptr<outbox> notices() const;

  /// There is a link now. Gives back what has waited and is not taken by it.
  std::vector<link::refused> open(outboxes link);

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

  /// A notice found no room: the two nodes would disagree for ever. True for the first that says so.
  bool give_up();

  // -- proxies ------------------------------------------------------------------------------------

  /// The proxy of an actor whose handle has come. If not from that node itself, the caller tells it so
  /// (`notice::hold`), once for each call.
  caf::strong_actor_ptr receive(std::uint64_t actor);

  /// The proxy, if there is one; not counted as received.
  caf::strong_actor_ptr find(std::uint64_t actor) const;

  /// A handle of the actor was sent to its home, but not by a proxy of this table.
  void count_returned(std::uint64_t actor);

  /// A handle of the actor was not sent to its home after all.
  void take_back_returned(std::uint64_t actor);

  /// The actor has ended: its proxy ends with the same reason, which came in so many bytes.
  void end(std::uint64_t actor, std::int64_t given, const caf::error& reason, std::size_t reason_bytes);

  /// The home did not know the actor any more when it was told of these releases.
  void settle(const released_handle& what);

  /// Lets go of proxies that nobody uses and that were not used since the last round. Looks at about
  /// `budget` of them; returns true when this round is complete.
  bool sweep(std::size_t budget);

  void begin_round();

  /// What the home is to be told, since the last call.
  std::vector<released_handle> take_releases();

  /// It could not be told of these now: the next `take_releases` gives them again.
  void postpone(std::vector<released_handle> releases);

  using imports = handles::import_table<caf17::proxy_kind>;
  imports::sizes size() const;

  // -- what third nodes have to do with it (handles/open_holds.hpp, handles/passed_requests.hpp) ----

  [[nodiscard]] bool open_hold(relation_number giver, std::uint64_t actor);
  bool close_hold(relation_number giver, std::uint64_t actor);
  [[nodiscard]] bool pass_on_request(relation_number origin);
  [[nodiscard]] bool receive_request(relation_number delegator);

  /// A relation with another node has ended.
  void forget(relation_number ended);

  // -- the end --------------------------------------------------------------------------------------

  /// What the end of the relation leaves to do.
  struct remains {
    std::vector<caf::strong_actor_ptr> proxies; ///< that are to end, by `end`
    imports::garbage garbage;
    std::vector<std::function<void()>> told_met; ///< to be called: nobody is met any more
    std::vector<link::send> waiting;             ///< was never sent
    std::vector<handles::open_holds::open_hold> holds;
    handles::passed_requests::to_tell passed;
  };

  /// The relation is over: later proxies are born dead. The caller ends those that there are.
  remains lose(const caf::error& reason);

  static void end(const caf::strong_actor_ptr& proxy, const caf::error& reason);

  /// A proxy that has ended. `number` tells its handles from others', as in `caf17::to_caf_node`.
  static caf::strong_actor_ptr make_dead(
      caf::actor_system& system,
      const caf17::actor_reference& reference,
      std::uint64_t number,
      std::shared_ptr<caf17::gateway> hub,
      caf::error reason
  );

private:
  const std::shared_ptr<outbox>& way_of(const link::send& message) const;

  const peer who_;
  const relation_number relation_;
  caf::actor_system& system_;
  const std::shared_ptr<caf17::gateway> hub_;

  mutable std::mutex mutex_;
  outboxes link_;
  std::atomic<bool> is_open_ = false; ///< from then on `link_` stays as it is, and needs no mutex
  std::atomic<bool> given_up_ = false;
  std::vector<link::send> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<met_waiter, std::function<void()>> when_met_;
  std::optional<time_point> waiting_since_;
  std::optional<caf::error> lost_;

  imports imports_;
  handles::open_holds holds_;
  handles::passed_requests passed_;
};

} // namespace chorus
