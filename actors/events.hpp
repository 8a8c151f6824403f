#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/membership/member.hpp>

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>

/// What a node tells the actors that subscribed to it (`node::subscribe`).
namespace chorus {

/// A node is here; messages to its actors have a link to travel on.
struct node_up {
  membership::member who;
};

/// A node is gone. Everything that was received from it was delivered before; nothing of this life of
/// the node comes any more.
struct node_down {
  membership::member who;
  membership::member_down::why reason = membership::member_down::why::failed;
};

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_down)
