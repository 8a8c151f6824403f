#pragma once

#include "../caf17/remote_actor.hpp"
#include "exports.hpp"
#include "flow_control.hpp"
#include "open_requests.hpp"
#include "parcel.hpp"
#include "proxies.hpp"

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/actors/caf17/counted_element.hpp>
#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/link/link.hpp>

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace chorus {

/// Carries the messages of actors over links: makes remote actors look like local ones.
///
/// Thread rules: `forward`, `export_handle` and `import_handle` run in the threads of actors, the rest
/// in the I/O thread. Held by a shared pointer, because stand-ins may outlive the node; after `stop` it
/// only refuses.
class remoting final : public caf17::gateway,
                       public caf17::handle_context,
                       public std::enable_shared_from_this<remoting> {
public:
  /// What remoting could not do for anybody in particular: for the log and the counters.
  struct trouble {
    enum class kind {
      undeliverable, ///< a dead letter
      malformed,     ///< bytes that are no message
      hopeless_link, ///< not even a notice can be sent; end the link
    } what = kind::undeliverable;
    peer other;
    error reason;
  };
  using trouble_handler = std::function<void(const trouble&)>;

  remoting(
      caf::actor_system& system,
      const peer& self,
      std::shared_ptr<flow_control> flow,
      trouble_handler on_trouble
  );

  // -- sending ------------------------------------------------------------------------------------

  void forward(const caf17::remote_actor& target, caf::mailbox_element& what) override;
  caf17::actor_reference export_handle(const caf::strong_actor_ptr& handle) override;
  caf::strong_actor_ptr import_handle(const caf17::actor_reference& reference) override;

  /// Whether this is an actor of this node, not the stand-in of a remote one.
  bool is_local_actor(const caf::strong_actor_ptr& handle) const;

  /// The sending side of the link that messages to this remote actor take; null without one.
  std::shared_ptr<outbox> link_to(const caf::strong_actor_ptr& handle) const;

  /// Sends a message of the name registry.
  void send_names(const peer& to, const_bytes message);

  // -- receiving ----------------------------------------------------------------------------------

  /// A link to `who` is being opened; what is sent from now on waits for it.
  void add_link(const peer& who, std::shared_ptr<outbox> link);

  /// Returns the message if it is one of the name registry; everything else is handled here.
  std::optional<shared_bytes> deliver(const peer& from, link::delivered message);

  /// Bytes of `from` that somebody could not read.
  void report_malformed(const peer& from, const error& reason);

  /// The link found no room for a message that its outbox had taken.
  void bounce(const peer& to, const link::refused& message);

  /// Nothing more comes from this life of the node: ends its stand-ins and fails the open requests.
  void lose(const peer& who, const error& reason);

  /// This node goes on as another life.
  void take_incarnation(const peer& self);

  /// Forgets all actors and sends nothing more.
  void stop();

private:
  struct arrival;

  peer self() const;
  bool is_local(const peer& who) const;
  const caf17::remote_actor* stand_in(const caf::strong_actor_ptr& handle) const;
  std::shared_ptr<outbox> link_of(const caf17::remote_actor& target) const;
  void send_parcel(const peer& to, parcel what, link::pair between, const caf::error* reason = nullptr);
  void send_notice(const peer& to, link::pair between, byte_buffer bytes);
  result<shared_bytes> encode_message(const message_header& header, const caf::type_erased_tuple& content);
  errc
  send_message(const caf17::remote_actor& target, link::pair between, link::urgency how, shared_bytes bytes);
  void refuse(const caf17::remote_actor& target, caf::mailbox_element& what, const error& reason);
  void discard(const peer& to, const lost_messages::loss& what);
  void report(trouble::kind what, const peer& other, const error& reason);
  void actor_ended(std::uint64_t actor, const caf::error& reason);

  void deliver_message(const arrival& what, codec::reader& archive, caf17::credit held);
  void deliver_ended(const arrival& what, codec::reader& archive);
  void deliver_watch(const arrival& what);
  void answer_with_error(const caf17::actor_reference& requester, caf::message_id id, const error& reason);

  caf::actor_system& system_;
  const std::shared_ptr<flow_control> flow_;
  const trouble_handler on_trouble_;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_; ///< guards self_
  peer self_;
  const incarnation first_life_; ///< of this process: handles of any life since then are ours

  chorus::exports exports_;
  chorus::proxies proxies_;
  open_requests open_requests_;
};

} // namespace chorus
