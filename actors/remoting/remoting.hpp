#pragma once

#include "../caf17/io_thread_unit.hpp"
#include "../caf17/remote_actor.hpp"
#include "../channels.hpp"
#include "ended_relation.hpp"
#include "exports.hpp"
#include "flow_control.hpp"
#include "foreign_types.hpp"
#include "introductions.hpp"
#include "life_watch.hpp"
#include "notice.hpp"
#include "open_requests.hpp"
#include "parcel.hpp"
#include "remote_nodes.hpp"
#include "travelling_handles.hpp"
#include "unreadable_messages.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/actors/caf17/counted_element.hpp>
#include <chorus/actors/fate.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/link/link.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace chorus {

/// Carries the messages of actors over links: makes remote actors look like local ones.
///
/// Its functions stand in five files: sending.cpp, receiving.cpp, losses.cpp for what the end of a link
/// leaves, unreadable.cpp for what arrives and cannot be read, and remoting.cpp for nodes and handles that
/// come and go.
///
/// Thread rules: `forward`, `link_changed` and the functions for handles run in the threads of actors, the
/// rest in the I/O thread. Held by a shared pointer, because proxies may outlive the node; after `stop` it
/// only refuses.
class remoting final : public caf17::gateway, public std::enable_shared_from_this<remoting> {
public:
  /// How often handles that nobody uses are looked for, and the pause between the parts of one round, so
  /// that a million of them do not hold up the I/O thread.
  static constexpr duration sweep_every = std::chrono::seconds{2};
  static constexpr duration sweep_pause = std::chrono::milliseconds{10};
  static constexpr std::size_t sweep_budget = 4096; ///< of all nodes together

  /// Proxies and requests that end in one turn of the I/O thread, in less than a millisecond.
  static constexpr std::size_t ends_per_slice = 1024;

  /// A node whose handles are here and that is not met for so long is taken for lost.
  static constexpr duration met_within = std::chrono::seconds{30};

  /// What remoting could not do for anybody in particular: for the log and the counters.
  struct trouble {
    enum class kind {
      undeliverable, ///< a dead letter
      unconfirmed,   ///< a one-way message of which nobody knows whether it has arrived
      malformed,     ///< bytes that are no message
      foreign_type,  ///< the name of a type that this node could not read
      hopeless_link, ///< not even a notice can be sent; end the link
    } what = kind::undeliverable;
    peer other;
    error reason;
    std::uint64_t count = 1;                ///< messages
    caf::strong_actor_ptr sender = nullptr; ///< of what was not delivered; null if nobody is to be told
    std::uint64_t receiver = 0;             ///< likewise, at `other`
  };

  /// What the node does for it.
  struct hooks {
    std::function<void(const trouble&)> on_trouble;

    /// Runs a task in the I/O thread, soon; from any thread.
    std::function<void(std::function<void()>)> defer;

    /// Lets go of actors in a thread that users may hold up: with its last handle an actor ends, and then
    /// code of users runs. From the I/O thread, and from the one that calls `stop`.
    std::function<void(std::vector<caf::strong_actor_ptr>)> dispose;

    /// As `transport::lend_thread`. From the I/O thread.
    caf17::io_thread_unit::lend lend;

    /// Keeps the actor system there as long as a proxy refers to this.
    std::shared_ptr<const void> system = nullptr;

    /// The first handle of an actor of that life has come, and there is no relation with it. `lose` it, from
    /// another call, if there will be none: else its actors wait for one. From any thread.
    std::function<void(const peer&)> on_unmet = nullptr;
  };

  remoting(caf::actor_system& system, const peer& self, std::shared_ptr<flow_control> flow, hooks around);

  // -- sending (sending.cpp) ------------------------------------------------------------------------

  void forward(const caf17::remote_actor& target, caf::mailbox_element& what) override;
  void link_changed(const caf17::remote_actor& target, caf::strong_actor_ptr local, linking what) override;

  bool is_in_reach(const caf17::remote_actor& target) const override;
  void watch_lives(caf::weak_actor_ptr watcher, caf17::life_watcher told) override;

  /// Whether this is an actor, or the proxy of one, that belongs to this node's actor system.
  bool is_of_this_system(const caf::strong_actor_ptr& handle) const {
    return handle->home_system == &system_;
  }

  /// Whether this is an actor of this node, not the proxy of a remote one.
  bool is_local_actor(const caf::strong_actor_ptr& handle) const;

  /// The sending side of the link that messages to this remote actor take; null without one.
  std::shared_ptr<outbox> link_to(const caf::strong_actor_ptr& handle) const;

  /// Calls `then` when it is known whether there is a link to this remote actor's node: at once, or when the
  /// node is met or lost, in the I/O thread. Once, however often the actor `asker` asks. False, and it is
  /// dropped, if too many wait for that.
  [[nodiscard]] bool
  when_met(const caf::strong_actor_ptr& handle, std::uint64_t asker, std::function<void()> then);

  /// The asker waits no more.
  void forget_asker(const caf::strong_actor_ptr& handle, std::uint64_t asker);

  // -- receiving (receiving.cpp) --------------------------------------------------------------------

  /// A message on one of the channels `handles` and `actors`.
  void deliver(const peer& from, link::delivered message);

  /// Bytes of `from` that somebody could not read.
  void report_malformed(const peer& from, const error& reason);

  /// A message that its outbox had taken is not delivered: the link had no room for it, or ended too early.
  void bounce(const peer& to, const link::refused& message);

  /// The link has ended, and nobody knows whether the message has arrived. `lose` follows, and ends what
  /// waits for an answer.
  void leave_open(const peer& to, const link::unsettled& message);

  /// Messages of actors, requests and answers included.
  struct losses {
    std::uint64_t not_sent = 0;
    std::uint64_t outcome_unknown = 0;
  };

  /// What the end of the link to `who` has cost, since the last call.
  losses take_losses(const peer& who);

  // -- nodes that come and go -----------------------------------------------------------------------

  /// A link to `who` is being opened; what is sent from now on waits for it.
  void add_link(const peer& who, remote_node::outboxes link);

  /// The relation with this life has ended: ends its proxies and fails the open requests.
  void lose(const peer& who, const error& reason);

  /// The same in slices: at most `ends_per_slice` proxies and requests end in a call. False if there are
  /// more: then `go_on_losing` is to be called, once in a turn, until it gives this life.
  [[nodiscard]] bool begin_to_lose(const peer& who, const error& reason);

  /// Gives the lives of which nothing is left now.
  [[nodiscard]] std::vector<peer> go_on_losing();

  /// Whether `go_on_losing` has something to do.
  bool is_losing() const noexcept { return !losing_.empty(); }

  /// Who is to be told, beside that, which lives are over for good.
  life_watch& lives() noexcept { return lives_; }

  /// Answers requests of other nodes with an error from now on: this node is about to leave. Its own that
  /// others delegate back to it are not refused.
  void refuse_requests() { refuses_requests_ = true; }

  /// Whether an actor of this node waits for the answer of another one.
  bool awaits_answers() { return !open_requests_.empty(); }

  /// What must arrive as long as the link to `who` lives found no room in it: the two nodes would disagree
  /// for ever, so the link is given up. Later, and once, however often that is said. From any thread.
  void lose_notice(const peer& who, errc why);

  /// Forgets all actors and sends nothing more.
  void stop();

  /// Null if there is no relation with it.
  std::shared_ptr<remote_node> find_node(const peer& who) const { return nodes_.find(who); }

  // -- handles that come and go ---------------------------------------------------------------------

  static constexpr remote_node* nobody = nullptr;

  /// What is held for a name is held under no relation.
  static constexpr relation_number own_names{};

  /// `handle` is about to be sent to `to`.
  caf17::actor_reference give_handle(const caf::strong_actor_ptr& handle, remote_node& to);

  /// It was not sent after all.
  void take_back_handle(const caf17::actor_reference& reference, remote_node& to);

  /// A handle that came from `from`; from nobody (null), if it came with a name.
  caf::strong_actor_ptr receive_handle(const caf17::actor_reference& reference, remote_node* from);

  /// A handle of an actor that cannot be reached: it has ended for `reason`.
  caf::strong_actor_ptr make_dead_handle(const caf17::actor_reference& reference, const error& reason);

  /// Keeps a local actor for others until `let_go`, although nobody has a handle yet: it has a name. Gives
  /// its number; none for an actor of another node.
  std::optional<std::uint64_t> keep(const caf::strong_actor_ptr& actor);
  void let_go(std::uint64_t actor);

  /// Lets go of some handles that nobody here uses any more. Returns when to call again.
  time_point sweep(time_point now);

  struct sizes {
    std::size_t exported = 0;   ///< actors of this node that are held for others
    std::size_t remembered = 0; ///< actors of this node that others have known and that live
    std::size_t proxies = 0;    ///< actors of other nodes with a handle here
    std::size_t introduced = 0; ///< handles of a third node's actors, given away and not yet known there
    std::size_t ends = 0;       ///< actors of other nodes that have ended, with handles still on their way
  };
  sizes size() const;

private:
  struct arrival;
  struct received_handle;

  // sending
  error transmit(
      const caf17::remote_actor& target,
      remote_node* node,
      const caf::strong_actor_ptr& sender,
      caf::message_id id,
      const caf::type_erased_tuple& content
  );
  void note_delegation(
      const caf17::remote_actor& target, const caf17::remote_actor& requester, caf::message_id id
  );
  void refuse(const caf17::remote_actor& target, caf::mailbox_element& what, const error& reason);
  void replace_answer(
      const caf17::remote_actor& requester, caf::message_id id, const error& reason, request_fate fate
  );
  void discard(
      const caf::strong_actor_ptr& sender,
      const caf::strong_actor_ptr& receiver,
      const error& reason,
      std::uint64_t count = 1,
      std::uint64_t unreadable_type = 0
  );
  template <class Content>
  bool tell(remote_node& to, notice kind, const Content& content) {
    return send_surely(
        to, {urgent_notices, {}, shared_bytes{encode_notice(kind, content)}, channels::handles}
    );
  }
  void send_hold(remote_node& home, std::uint64_t actor, remote_node* giver);
  void tell_giver(remote_node& giver, const caf17::actor_reference& actor, std::uint64_t count = 1);
  void send_end(remote_node& to, std::uint64_t actor, std::int64_t given, const caf::error& reason);
  bool send_surely(remote_node& to, link::send message);
  void lose_notice(remote_node& to, errc why);
  void give_up(const peer& who, errc why);

  // receiving
  void deliver_parcel(const arrival& what, link::delivered message);
  void deliver_notice(const arrival& what, const shared_bytes& payload);
  void deliver_message(const arrival& what, codec::reader& archive, caf17::credit held);
  void deliver_link(const arrival& what, parcel kind);
  void deliver_ended(const arrival& what, codec::reader& archive);
  void deliver_hold(const arrival& what, codec::reader& archive);
  void deliver_introduced(const arrival& what, codec::reader& archive);
  void deliver_release(const arrival& what, codec::reader& archive);
  void deliver_forgotten(const arrival& what, codec::reader& archive);
  void deliver_moved(const arrival& what, codec::reader& archive);
  void deliver_lost_link(const arrival& what, codec::reader& archive);
  void deliver_unreadable(const arrival& what, codec::reader& archive);
  void deliver_type_name(const arrival& what, codec::reader& archive);
  void deliver_held(const arrival& what, codec::reader& archive);
  void deliver_unreachable(const arrival& what, codec::reader& archive);
  void note_foreign_request(const arrival& what, const caf17::actor_reference& requester, caf::message_id id);
  template <class Content>
  std::optional<Content> read(const arrival& what, codec::reader& archive);
  void bounce(remote_node& to, const link::refused& message);
  void bounce_message(remote_node& to, const link::refused& message, codec::reader& archive);
  caf::strong_actor_ptr
  receiver_of_lost(const caf17::actor_reference& target, relation_number relation, const error& reason);
  remote_node* sending_node(const peer& who);

  // what could not be read (unreadable.cpp)
  unreadable_message describe_unreadable(
      const link::pair& between, const message_header& header, std::uint64_t type, const error& failure
  );
  error explain_here(const unreadable_message& what);
  bool answer_unreadable(const peer& from, const unreadable_message& what);
  void tell_unreadable(const peer& from, const unreadable_message& what);
  void tell_all_unreadable();
  void send_unreadable(const peer& from, const unreadable_message& what);
  void note_unreadable(const peer& reader, const unreadable_message& what);
  void note_type_name(const peer& from, const foreign_type& what);

  // nodes and handles
  const peer& self() const noexcept { return self_; }
  bool is_local(const peer& who) const noexcept { return who == self_; }
  void count_returned(const caf17::remote_actor& handle, remote_node& home);
  static relation_number relation_of(const caf17::remote_actor& handle);
  const caf17::remote_actor* proxy_of(const caf::strong_actor_ptr& handle) const;
  std::shared_ptr<remote_node> make_node(const peer& who);
  std::shared_ptr<remote_node> node_of(const peer& who);
  open_requests::place place_of(const peer& who);
  caf::strong_actor_ptr known_actor(const caf17::actor_reference& reference) const;
  std::optional<ended_relation> end_relation(const peer& who, const error& reason);
  bool end_some(ended_relation& what, std::size_t& budget);
  void tell_others(ended_relation& what);
  static void fail(const std::vector<open_requests::request>& requests, const error& reason);
  static void fail(const open_requests::request& request, const error& reason);
  bool sweep_some(remote_node& node, std::size_t& budget);
  void watch_end(const caf::strong_actor_ptr& actor);
  void actor_ended(std::uint64_t actor, const caf::error& reason);
  void send_releases(remote_node& to);
  void report(trouble what);

  caf::actor_system& system_;
  const std::shared_ptr<flow_control> flow_;
  const hooks around_;
  caf17::io_thread_unit receiving_unit_;
  std::atomic<bool> refuses_requests_ = false;
  std::atomic<bool> stopped_ = false;
  const peer self_;
  std::atomic<std::uint64_t> latest_relation_ = 0; ///< of all that this process has had

  chorus::exports exports_;
  chorus::remote_nodes nodes_;
  chorus::introductions introductions_;
  open_requests open_requests_;
  life_watch lives_;
  foreign_types foreign_types_;                ///< I/O thread
  unreadable_messages unreadable_;             ///< I/O thread
  std::map<peer, losses> losses_;              ///< I/O thread; of links that are ending
  std::deque<ended_relation> losing_;          ///< I/O thread
  std::shared_ptr<remote_node> latest_sender_; ///< I/O thread; the next message mostly comes from it, too
};

} // namespace chorus
