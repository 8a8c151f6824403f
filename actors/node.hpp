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
#include <functional>
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

  std::uint64_t malformed_messages = 0; ///< received, but not what they claimed to be
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
///   return node->run();
///
/// Thread rules: every function may be called from any thread that is not an actor's, unless it says
/// more. A process may hold several nodes.
class node {
public:
  /// Takes the identity, binds the address, starts the threads and begins to join. Does not wait for
  /// seeds. Errors: address_in_use, permission_denied, invalid_argument (a setting that cannot be used),
  /// unavailable (another process uses the data directory), malformed (damaged identity), io.
  static result<node> open(config settings);

  node(node&&) noexcept;
  node& operator=(node&&) noexcept;

  /// Stops, if `stop` was not called; then waits for handlers of actors that still run, and ends the actor
  /// system. So never in the thread of one of its actors.
  ~node();

  caf::actor_system& system();

  /// This node as the others know it. The incarnation changes when the cluster had declared it failed. Any
  /// thread, also actors'.
  membership::member self() const;

  /// The others and what they say about themselves, ascending by id: live as far as this node knows,
  /// suspected ones included. Any thread, also actors'.
  std::vector<membership::member> members() const;

  /// Who accused a node, when and on what evidence, who confirmed it, and what came of that: its latest
  /// suspicion, also when it is over. Nothing if it was never suspected here, or too many others were since.
  /// Any thread, also actors'.
  std::optional<membership::suspicion_report> why_suspected(const node_id& who) const;

  /// From now on this node says that about itself (`config::about`). Error: invalid_argument (more than
  /// `limits::metadata_bytes`). Any thread, also actors'.
  error update_metadata(membership::metadata about);

  // -- names ------------------------------------------------------------------------------------

  /// Makes `actor` known under `name` to every node until it ends, is withdrawn, or this node ends.
  /// If several announce one name, the last one counts (Lamport order); when that one goes, the one
  /// before it counts again. Errors: invalid_argument (empty or too long name, control characters in it, no
  /// or remote actor), overloaded (too many names). Any thread, also actors'.
  error announce(std::string_view name, const caf::actor& actor);

  /// Takes an own announcement back; a no-op without one. Any thread, also actors'.
  void withdraw(std::string_view name);

  /// The actor announced under `name` as far as this node knows now; null if there is none. Any
  /// thread, also actors'.
  caf::actor find(std::string_view name) const;

  /// Waits until somebody has announced `name`. Errors: unavailable (no other node was met within the
  /// time), not_found (others were met, nobody offers it), refused (the cluster rejected this node).
  result<caf::actor> find(std::string_view name, duration within) const;

  /// All names that begin with `prefix`, and who counts for them. Any thread, also actors'.
  std::map<std::string, caf::actor> list(std::string_view prefix = {}) const;

  // -- events -----------------------------------------------------------------------------------

  /// Sends `node_up` and `node_down` to `subscriber` from now on, and `node_up` for every member that
  /// is here already. Until it ends. It has to be an actor of this node. To subscribe again changes nothing.
  /// Any thread, also actors'.
  void subscribe(const caf::actor& subscriber);

  /// The same, and `node_suspected`, `node_trusted` and `node_updated` as well: all that events.hpp lists. A
  /// subscriber of `subscribe` hears of these from now on. Any thread, also actors'.
  void subscribe_all(const caf::actor& subscriber);

  /// Sends a `dead_letter` to `subscriber` whenever messages were lost and no sender can be told.
  /// Until it ends. It has to be an actor of this node. Any thread, also actors'.
  void subscribe_dead_letters(const caf::actor& subscriber);

  /// Any thread, also actors'.
  node_counters counters() const;

  // -- room in links ----------------------------------------------------------------------------

  /// Sends one `writable` to `subscriber`, an actor of this node, as soon as at least half of the send
  /// buffer (`limits::send_buffer_bytes`) of the link to the node of `receiver` is free: at once if it is,
  /// or if `receiver` lives here. Also when the link ends, so that nobody waits for ever. All senders of
  /// this node share the room, nothing is reserved. Asking again before the answer changes nothing. Any
  /// thread, also actors'.
  void when_writable(const caf::actor& receiver, const caf::actor& subscriber);

  /// Waits for the same. Errors: overloaded (not within the time, or too many wait), node_down (there
  /// is no link, or it has ended), invalid_argument (no receiver). Blocks its thread: never an actor's.
  error wait_until_writable(const caf::actor& receiver, duration within);

  // -- life -------------------------------------------------------------------------------------

  /// Waits until SIGTERM, SIGINT or SIGHUP arrives, `request_stop` or `stop` is called, or the cluster
  /// rejects this node; leaves the cluster in order; gives the exit code for the process (exit_code.hpp).
  /// Once per process at a time. `when_ready` is called once the signals are waited for: from then on they
  /// end the node in order.
  int run(const std::function<void()>& when_ready = {});

  /// Ends `run` in another thread. Any thread, also actors'.
  void request_stop();

  /// Leaves the cluster: waits (at most `config::leave_within`) until what is under way is acknowledged,
  /// says goodbye, ends the I/O, and fails the open requests to other nodes. Idempotent. Any thread, also a
  /// handler's of an actor: a handler that still runs is not waited for, only destruction does that. But not
  /// from a functor that is attached to a remote actor: the I/O thread runs those.
  void stop();

private:
  class implementation;
  explicit node(std::unique_ptr<implementation> content);
  std::unique_ptr<implementation> content_;
};

} // namespace chorus
