#pragma once

#include <chorus/actors/caf17/typed_handle.hpp>
#include <chorus/actors/config.hpp>
#include <chorus/actors/links.hpp>
#include <chorus/actors/members.hpp>
#include <chorus/actors/names.hpp>
#include <chorus/actors/node_counters.hpp>
#include <chorus/membership/member.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/time.hpp>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <memory>
#include <string_view>

namespace chorus {

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
/// Each feature is a part with a header of its own: `members` (members.hpp), `names` (names.hpp) and `links`
/// (links.hpp). The node forwards the calls that programs make most.
///
/// Thread rules, for the parts too: any thread may call any function, an actor's thread included. Exceptions:
/// functions that block, and say so, are never called in an actor's thread; for `stop` see there. While the
/// node is destroyed, its own actors may call all functions until they have ended; nobody else may. A process
/// may hold several nodes.
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

  /// What this node has counted. After `stop` too.
  node_counters counters() const;

  // -- parts; references to them are valid until the node is destroyed, also when it is moved -------

  /// The other members: who they are, who comes and goes.
  member_list& members();
  const member_list& members() const;

  /// Which actor has which name.
  name_directory& names();
  const name_directory& names() const;

  /// Which links have room for more messages, and which messages were lost.
  link_watch& links();

  // -- the most frequent calls, forwarded to the parts ----------------------------------------------

  /// `names().announce(name, actor)`.
  error announce(std::string_view name, const caf::actor& actor);

  /// `names().find(name)`.
  caf::actor find(std::string_view name) const;

  /// `names().find(name, within)`. Blocks its thread.
  result<caf::actor> find(std::string_view name, duration within) const;

  /// `members().subscribe(subscriber)`.
  void subscribe(const caf::actor& subscriber);

  // -- life -------------------------------------------------------------------------------------

  /// Asks whoever waits in `wait_for_stop_request` to call `stop`. May be called in a signal handler too.
  void request_stop() noexcept;

  /// Waits until `request_stop` or `stop` is called, or the cluster rejects this node; then call `stop`.
  /// Blocks its thread. Programs use `chorus::run` (program/run.hpp), which does both and takes signals as
  /// requests.
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
