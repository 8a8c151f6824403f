#pragma once

#include "handle_accounts.hpp"
#include "handle_message.hpp"
#include "thing.hpp"

#include <chorus/handles/export_table.hpp>
#include <chorus/handles/import_table.hpp>
#include <chorus/handles/introductions.hpp>
#include <chorus/handles/open_holds.hpp>
#include <chorus/handles/open_requests.hpp>
#include <chorus/handles/passed_requests.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/requests/fate.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

/// A request and whoever asks.
struct asked {
  thing_handle requester;
  std::uint64_t number = 0;
  request_content content{};
};

/// A request that has arrived at an actor of this node.
struct waiting_request {
  thing_handle receiver;
  asked request;
};

/// What a node needs of the world around it.
class handle_world {
public:
  virtual ~handle_world() = default;

  /// Carries a message under a relation of `from`, which is up. A message that users wait for may be held up
  /// on the way; if the relation has ended meanwhile, it comes back (`handle_node::bounce`).
  virtual void
  carry(class handle_node& from, relation_number under, handle_message message, bool may_wait) = 0;

  /// A request has begun to run, or has ended for its requester.
  virtual void executed(std::uint64_t request) = 0;
  virtual void ended(std::uint64_t request, requests::request_fate fate, const request_content& answer) = 0;

  /// False: it is left in the node's inbox.
  virtual bool take(waiting_request&) { return false; }

  /// Nobody waits for these any more: the requester has ended.
  virtual void forgotten(const handles::actor_name& requester) = 0;

  /// Somebody has ended the actor.
  virtual void killed(const handles::actor_name& actor) = 0;

  /// Somebody had a handle of the actor, and it has ended.
  virtual void found_ended(const handles::actor_name& actor) = 0;

  virtual void met(std::string_view branch) = 0;
};

/// The handles and requests of one node: the cores of `handles/`, and what `actors/remoting` does around
/// them, without CAF.
class handle_node {
public:
  handle_node(handle_world& around, const peer& self) : world_(around), self_(self) {}

  handle_node(const handle_node&) = delete;
  handle_node& operator=(const handle_node&) = delete;

  /// The end of the world: nobody is told of anything any more.
  void stop();

  // -- relations -----------------------------------------------------------------------------------------

  void open(const peer& other, relation_number under);
  void end(relation_number which);
  void receive(relation_number under, const handle_message& message);

  /// The relation has ended before the message left.
  void
  bounce(relation_number under, const peer& to, const handle_message& message, errc code = errc::node_down);

  // -- what users do -------------------------------------------------------------------------------------

  /// An actor; its only handle is the one that is given.
  thing_handle spawn();
  void end_actor(const thing_handle& actor);

  /// Sends a letter to `receiver` with a handle in it.
  void send(const thing_handle& receiver, const thing_handle& content);

  /// The same to the node, into whose hands the handle goes.
  void send(const peer& other, const thing_handle& content);
  void
  ask(const thing_handle& receiver,
      const thing_handle& requester,
      std::uint64_t number,
      const request_content& content = {});
  void answer(std::size_t which);
  void answer(const asked& request, requests::request_fate fate, const request_content& content);
  void delegate(std::size_t which, const thing_handle& receiver);
  void delegate(const asked& request, const thing_handle& receiver);
  void sweep();

  bool is_own(const thing_handle& one) const { return one->name.home == self_; }

  const peer& self() const noexcept { return self_; }

  std::vector<thing_handle> hands; ///< handles that somebody here holds

  std::vector<waiting_request> inbox;

  // -- for the checker -----------------------------------------------------------------------------------

  handles_at_rest at_rest() const;

private:
  using imports = handles::import_table<thing_kind>;

  struct relation {
    peer other;
    relation_number number;
    imports proxies;
    handles::open_holds holds;
    handles::passed_requests passed;
  };

  struct open_request {
    std::weak_ptr<thing> requester;
    std::uint64_t number = 0;
  };
  using request_table = handles::open_requests<open_request>;

  relation* find(const peer& other);
  relation* find(relation_number number);
  request_table::place place_of(const peer& life);

  // as in remoting
  handles::actor_name give(const thing_handle& handle, relation& to);
  void take_back(const handles::actor_name& reference, relation_number under, const peer& to);
  thing_handle receive_handle(const handles::actor_name& reference, relation& from);
  void transmit(relation& to, const thing_handle& target, handle_message message);
  void carry(relation& to, handle_message message);
  void deliver(const asked& request, const thing_handle& receiver);
  void forward(const thing_handle& receiver, const asked& request);
  void introduced(relation& giver, const handles::actor_name& actor, std::uint64_t count);
  void lose(const std::vector<open_request>& lost);
  void lose(const open_request& lost);
  void actor_ended(std::uint64_t actor);
  void notice(relation& to, handle_message message) {
    world_.carry(*this, to.number, std::move(message), false);
  }

  // from the network
  void receive_letter(relation& from, const handle_message& message);
  void receive_request(relation& from, const handle_message& message);
  void receive_answer(relation& from, const handle_message& message);
  void receive_ended(relation& from, const handle_message& message);
  void receive_hold(relation& from, const handle_message& message);
  void receive_held(relation& from, const handle_message& message);
  void receive_introduced(relation& from, const handle_message& message);
  void receive_release(relation& from, const handle_message& message);
  void receive_forgotten(relation& from, const handle_message& message);
  void receive_moved(relation& from, const handle_message& message);
  void receive_cut(relation& from, const handle_message& message);
  void receive_unreachable(relation& from, const handle_message& message);

  handle_world& world_;
  const peer self_;
  bool is_going_ = false;
  std::uint64_t latest_actor_ = 0;
  std::vector<std::uint64_t>
      dead_; ///< actors whose end the message that is being sent is the first to tell of
  std::map<relation_number, std::unique_ptr<relation>> relations_;
  std::map<peer, relation*> by_life_;
  std::map<std::uint64_t, std::weak_ptr<thing>> actors_; ///< that live
  handles::export_table<thing_kind> exports_;
  handles::introductions<thing_handle> introductions_;
  request_table requests_;
};

} // namespace chorus::testing
