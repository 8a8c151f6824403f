#pragma once

#include <chorus/actors/caf17/typed_handle.hpp>
#include <chorus/actors/config.hpp>
#include <chorus/actors/events.hpp>
#include <chorus/actors/flow.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/membership/suspicion_report.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chorus {

/// What a node has counted since it started, and what it keeps now. A snapshot.
struct node_counters {
  /// Messages of actors that were not delivered to another node: one-way ones, whether their sender
  /// was told (`undelivered`) or the subscribers to dead letters were (`dead_letter`), and answers of which
  /// not even an error could be sent, or that the other node could not read. Not requests whose sender got an
  /// error.
  std::uint64_t dead_letters = 0;

  /// One-way messages of actors of which nobody knows whether they have arrived: their link ended before they
  /// were acknowledged (`unconfirmed`).
  std::uint64_t unconfirmed_messages = 0;

  std::uint64_t malformed_messages = 0; ///< received, and could not be read
  std::uint64_t exported_actors = 0; ///< actors of this node that others hold handles of, or that have names
  std::uint64_t remote_actors = 0;   ///< actors of other nodes that this one holds handles of
};

/// A node of the cluster: owns the CAF actor system, the transport and all services, and starts and
/// stops them in order.
///
///   auto node = chorus::node::open(settings);
///   if (!node)
///     return chorus::report_failure("counter", node.failure());
///   auto worker = node->system().spawn(work);
///   node->announce("worker", worker);
///   return chorus::run(*node); // program/run.hpp
///
/// A node leaves its process alone: it installs no signal handler and changes no setting of the allocator,
/// the environment or the process' limits. What a program wants of that it asks for (`actors/program`).
///
/// Thread rules: every function may be called from any thread, an actor's included. Exceptions: the waiting
/// `find`, `wait_until_writable` and `wait_for_stop_request` (never in an actor's thread), and `stop` (see
/// there). While the node is destroyed, its own actors may still call all of them until they have ended;
/// nobody else may. A process may hold several nodes.
///
/// After `stop`, functions that can fail return `unavailable`, or `refused` if that is why the node stopped;
/// the others find, list and do nothing. Local actors and the messages between them go on until the node is
/// destroyed.
class node {
public:
  /// Takes the identity, binds the address, starts the threads and begins to join. Does not wait for a
  /// seed to answer. Errors: address_in_use, permission_denied, invalid_argument (a setting that cannot be
  /// used), unavailable (another process uses the data directory), malformed (damaged identity), io.
  static result<node> open(config settings);

  node(node&&) noexcept;

  /// First ends this node, as the destructor does.
  node& operator=(node&& other) noexcept;

  /// Stops, if `stop` was not called; then asks all local actors to quit (`caf::exit_reason::user_shutdown`),
  /// and waits for their end, at most `config::quit_within`. Those that have not ended then are killed
  /// (`caf::exit_reason::kill`), which ends every actor that is not in a handler and is not a
  /// `caf::blocking_actor`. What is left half a second later is named in the log and left behind: it may go
  /// on, and what it uses stays in memory, but its node is gone: it must not call this object any more.
  ///
  /// Handles of local actors may outlive the node. Their actors have ended, or end with the next message.
  ///
  /// In the thread of one of its own actors, destruction does not wait: another thread does all this, and the
  /// actors must not call this object any more.
  ~node();

  /// The home of the local actors. The reference is valid until the node is destroyed; actors may be spawned
  /// after `stop` too.
  caf::actor_system& system();

  /// This node as the others know it, or knew it last.
  membership::member self() const;

  /// The other members and their metadata, ascending by id: all that this node believes to be alive,
  /// suspected ones included.
  std::vector<membership::member> members() const;

  /// Who accused a node, when and on what evidence, who confirmed it, and what came of that: its latest
  /// suspicion, also when it is over. None if it was never suspected here, or if the report was dropped for
  /// newer ones.
  std::optional<membership::suspicion_report> why_suspected(const node_id& who) const;

  /// Replaces what this node tells the others about itself (`config::about`). Errors: invalid_argument (more
  /// than `limits::metadata_bytes`), unavailable (stopped).
  error update_metadata(membership::metadata about);

  // -- names ------------------------------------------------------------------------------------

  /// Makes `actor` known under `name` to every node until it ends, is withdrawn, or this node ends.
  /// If several announce one name, the last one counts (Lamport order); when that one goes, the one
  /// before it counts again. Errors: invalid_argument (empty or too long name, control characters in it, no
  /// or remote actor), overloaded (too many names), unavailable (the node stops, or has stopped).
  error announce(std::string_view name, const caf::actor& actor);

  /// Takes back this node's announcement of `name`; a no-op without one.
  void withdraw(std::string_view name);

  /// The actor announced under `name` as far as this node knows now; null if there is none. If its node
  /// cannot be reached from here, though the cluster has it, the handle has ended; an older announcer does
  /// not count.
  caf::actor find(std::string_view name) const;

  /// Waits until somebody who can be reached has announced `name`. Errors: unavailable (no seed answered
  /// within the time, the node that has announced it cannot be reached, or this node has stopped), not_found
  /// (nobody announced it), refused (the cluster has rejected this node, or members refuse it so far and it
  /// goes on asking). Blocks its thread: never call it in an actor's.
  result<caf::actor> find(std::string_view name, duration within) const;

  /// All names that begin with `prefix`, and the actor that each of them stands for.
  std::map<std::string, caf::actor> list(std::string_view prefix = {}) const;

  // -- events -----------------------------------------------------------------------------------

  /// Sends `node_up` and `node_down` to `subscriber` from now on, and `node_up` for every node that
  /// is up already, until it ends or the node stops. It must be an actor of this node. Subscribing again
  /// changes nothing.
  void subscribe(const caf::actor& subscriber);

  /// The same, and all else that events.hpp lists. A
  /// subscriber of `subscribe` hears of these from now on.
  void subscribe_all(const caf::actor& subscriber);

  /// Sends a `dead_letter` to `subscriber` whenever messages were lost and no sender can be told, until it
  /// ends or the node stops. It must be an actor of this node.
  void subscribe_dead_letters(const caf::actor& subscriber);

  node_counters counters() const;

  // -- room in links ----------------------------------------------------------------------------

  /// Sends one `writable` to `subscriber`, an actor of this node, as soon as at least half of the send
  /// buffer (`limits::send_buffer_bytes`) of the link to the node of `receiver` is free: at once if it is,
  /// or if `receiver` lives here. Also when the link ends (node_down), so that nobody waits for ever, and
  /// when the node has stopped (unavailable). All senders of this node share the room, nothing is reserved.
  /// Asking again before the answer changes nothing.
  void when_writable(const caf::actor& receiver, const caf::actor& subscriber);

  /// Waits for the same. Errors: overloaded (not within the time, or too many wait), node_down (there
  /// is no link, or it has ended), invalid_argument (no receiver), unavailable (stopped). Blocks its
  /// thread: never call it in an actor's.
  error wait_until_writable(const caf::actor& receiver, duration within);

  // -- life -------------------------------------------------------------------------------------

  /// Asks whoever waits in `wait_for_stop_request` to call `stop`. May be called in a signal handler too.
  void request_stop() noexcept;

  /// Waits until `request_stop` or `stop` is called, or the cluster rejects this node; then call `stop`.
  /// Programs use `chorus::run` (program/run.hpp), which does both and takes signals as requests.
  void wait_for_stop_request() const;

  /// Why the cluster rejects this node (refused); no error if it does not. A rejected node stays rejected.
  error rejection() const;

  /// Leaves the cluster. First new work is refused: the names of this node are withdrawn, and requests of
  /// other nodes are refused as `unavailable`. Then it waits until work under way is done, at most
  /// `config::drain_within`: until every local actor is idle, every request of this node to another one is
  /// answered, and every call of a `chorus::caller` has ended. Then until what was sent is acknowledged, at
  /// most `config::leave_within`. Then it says goodbye, ends the I/O, and fails the requests to other nodes
  /// that are still open. Local actors live on.
  ///
  /// Idempotent; a concurrent call waits as well. Never call it from a functor that is attached to a remote
  /// actor: the I/O thread runs those. From an actor's thread it does not wait for work under way, of which
  /// the caller is a part: prefer `request_stop` there.
  void stop();

private:
  class implementation;
  explicit node(std::shared_ptr<implementation> content);
  void end() noexcept;
  std::shared_ptr<implementation> content_;
};

} // namespace chorus
