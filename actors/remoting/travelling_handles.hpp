#pragma once

#include <chorus/actors/caf17/actor_reference.hpp>

#include <caf/actor_control_block.hpp>

#include <vector>

namespace chorus {

class remote_node;
class remoting;

/// The handles in one message to another node: each is booked as given, and taken back if the message is not
/// sent.
class outgoing_handles final : public caf17::handle_exporter {
public:
  outgoing_handles(remoting& hub, remote_node& to) : hub_(hub), to_(to) {}

  caf17::actor_reference export_handle(const caf::strong_actor_ptr& handle) override;

  /// Whether there is one that others cannot use: of an actor of another actor system in this process.
  bool has_unusable() const noexcept { return has_unusable_; }

  /// The message is not sent.
  void take_back();

private:
  remoting& hub_;
  remote_node& to_;
  caf17::actor_reference first_; ///< nearly always the only one: the sender
  std::vector<caf17::actor_reference> more_;
  bool has_unusable_ = false;
};

/// The handles in one message of another node.
class incoming_handles final : public caf17::handle_importer {
public:
  incoming_handles(remoting& hub, remote_node& from) : hub_(hub), from_(from) {}

  caf::strong_actor_ptr import_handle(const caf17::actor_reference& reference) override;

private:
  remoting& hub_;
  remote_node& from_;
};

/// The handles in a message to another node that has come back unsent.
class bounced_handles final : public caf17::handle_importer {
public:
  bounced_handles(remoting& hub, remote_node& to) : hub_(hub), to_(to) {}

  /// Always null: nobody reads the message.
  caf::strong_actor_ptr import_handle(const caf17::actor_reference& reference) override;

private:
  remoting& hub_;
  remote_node& to_;
};

} // namespace chorus
