#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/peers/events.hpp>

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>

/// What a node tells its subscribers (`member_list::subscribe`, `member_list::subscribe_all`). For each life
/// of a node `node_up` and `node_down` alternate. While it is up, any number of `node_suspected`,
/// `node_trusted` and `node_updated` come between. Beside them `node_gone` says what the cluster thinks of
/// that life.
namespace chorus {

using membership::peers::down_reason;

/// This node and that one can talk; messages to its actors have a link to travel on.
struct node_up {
  membership::member who;
  bool is_back = false; ///< this node, in this life or an earlier one, was up here before
};

/// This node and that one have nothing with each other any more. Everything that was received from it was
/// delivered before. Handles of its actors have ended, and requests to them have an error. The same life may
/// be up again, unless it has left or restarted; its actors are then found anew by their names.
struct node_down {
  membership::member who;
  down_reason reason = down_reason::failed;
};

/// That life is no member any more, after `node_down` if it was up. `left` and `restarted` are for ever.
/// `failed` may be a mistake: the life is up again when it answers.
struct node_gone {
  membership::member who;
  down_reason reason = down_reason::failed; ///< failed, left or restarted
};

/// Most members say that this node has failed: it was cut off, or its process stood still. Told once until
/// that is over. It goes on, and is up again at each of them when they can talk.
struct node_expelled {
  std::size_t by = 0;      ///< members that say so
  std::size_t members = 0; ///< of so many that this node has
};

/// Somebody gets no answer from a node. It is here still, and messages to its actors are sent; `node_trusted`
/// or `node_down` follows. `member_list::why_suspected` tells who says so, and why.
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_expelled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_suspected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_trusted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chorus::node_updated)
