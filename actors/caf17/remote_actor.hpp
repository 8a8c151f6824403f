#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>
#include <chorus/runtime/transport/outbox.hpp>

#include <caf/actor_proxy.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <memory>

namespace chorus::caf17 {

class remote_actor;

/// Where stand-ins hand their messages on: the node's remoting.
class gateway {
public:
  virtual ~gateway() = default;

  /// Sends `what` to the actor that `target` stands for. In the sender's thread.
  virtual void forward(const remote_actor& target, caf::mailbox_element& what) = 0;
};

/// The local stand-in of an actor on another node: what a remote `caf::actor` points to.
///
/// It ends when the actor there ends or its node is lost; local monitors and links then fire as
/// for a local actor, because CAF's own bookkeeping of them is kept here.
class remote_actor final : public caf::actor_proxy {
public:
  remote_actor(
      caf::actor_config& settings,
      actor_reference stands_for,
      std::shared_ptr<outbox> link,
      std::shared_ptr<gateway> hub
  );

  const actor_reference& reference() const noexcept { return reference_; }

  /// The way to the actor's node; null when there is no link to it yet.
  const std::shared_ptr<outbox>& link() const noexcept { return link_; }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override;
  void kill_proxy(caf::execution_unit* context, caf::error reason) override;
  const char* name() const override;

private:
  const actor_reference reference_;
  const std::shared_ptr<outbox> link_;
  const std::shared_ptr<gateway> hub_;
};

} // namespace chorus::caf17
