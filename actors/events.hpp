#pragma once

#include <chorus/membership/events.hpp>
#include <chorus/membership/member.hpp>

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>

/// What a node tells the actors that subscribed to it (`node::subscribe`, `node::subscribe_all`). For each
/// life of a node the order is: `node_up`, then any number of `node_suspected`, `node_trusted` and
/// `node_updated`, then `node_down`.
namespace chorus {

/// A node has joined, or rejoined; messages to its actors have a link to travel on.
struct node_up {
  membership::member who;
  bool is_back = false; ///< an earlier life of this node was here before
};

/// A node is gone: it has left, failed, or started anew. Everything that was received from it was delivered
/// before; nothing of this life of the node comes any more.
struct node_down {
  membership::member who;
  membership::member_down::why reason = membership::member_down::why::failed;
};

/// Somebody gets no answer from a node. It is here still, and messages to its actors are sent; `node_trusted`
/// or `node_down` follows. `node::why_suspected` tells who says so, and why.
struct node_suspected {
  membership::member who;
};

/// A node that was suspected has shown that it lives.
struct node_trusted {
  membership::member who;
};

/// A node says something else about itself: its roles, its tags, its version.
struct node_updated {
  membership::member who;
};

} // namespace chorus

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_suspected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_trusted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_updated)
