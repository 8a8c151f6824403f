#pragma once

#include "call_message.hpp"

#include <chorus/runtime/requests/server_core.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/monitorable_actor.hpp>

#include <map>
#include <mutex>

namespace chorus::requests {

/// The server's stub, in the sense of Birrell and Nelson (1984): stands in front of a worker and lets each
/// tagged call through once. It has no mailbox of its own: what reaches it goes on to the worker in the
/// sender's thread, so it costs no hop and keeps the order of each sender. It translates between messages of
/// CAF and a `server_core`, which decides.
///
/// Thread rules: `enqueue` from any thread. No lock is held while another actor is given something.
class server_stub final : public caf::monitorable_actor {
public:
  /// What came back for a call that the worker was given.
  struct answer {
    caf::message content;
    bool by_worker = false; ///< not CAF or remoting in its place
  };

  /// Where the answer to a try goes.
  struct asker {
    caf::strong_actor_ptr sender;
    caf::message_id id;
  };

  server_stub(caf::actor_config& settings, caf::strong_actor_ptr worker, const duplicate_limits& limits);

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override;
  const char* name() const override;

  /// The worker has ended: so does this, and open calls are answered with that.
  void worker_ended(const caf::error& reason);

  /// The caller has ended.
  void caller_ended(const caller_id& who);

  /// The life of a node is over, and with it all callers there.
  void life_ended(const peer& home);

private:
  void take_try(caf::mailbox_element& what, const tagged_call& call, caf::execution_unit* context);
  void take_answer(caf::mailbox_element& what, caf::execution_unit* context);
  void deliver(const asker& to, answer what, caf::execution_unit* context);
  void acknowledge(const caf::mailbox_element& what);
  void watch(const caf::strong_actor_ptr& caller, const caller_id& who);
  void watch_lives(const caf::strong_actor_ptr& caller);
  void proxy_ended(const caller_id& who, const caf::actor_control_block* proxy);
  asker asker_of(const server_core::waiting& who) const;

  const caf::strong_actor_ptr worker_;
  std::mutex mutex_;
  server_core core_;
  /// Held, so that their end is heard. Of an actor of another node, the proxy of the relation in which it
  /// tried last; none between two relations, while the core goes on to know it.
  std::map<caller_id, caf::strong_actor_ptr> callers_;
  bool watches_lives_ = false;
};

} // namespace chorus::requests
