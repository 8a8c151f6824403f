#include "refusal.hpp"
#include "remoting.hpp"

#include <chorus/actors/error.hpp>

#include <utility>

namespace chorus {

/// Requests are not told here: `lose` answers all that are open, and those of third nodes are told by
/// `lost_link`. Who waits for an answer of an actor of this node loses the link as well.
void remoting::leave_open(const peer& to, const link::unsettled& message) {
  if (message.channel != channels::actors)
    return;
  codec::reader archive{message.payload.view(), {.bytes = message.payload.size()}};
  auto kind = codec::decode_prefix<parcel>(archive);
  if (!kind || *kind != parcel::message)
    return;
  auto header = codec::decode_prefix<message_header>(archive);
  CHORUS_CHECK(header, "what this node has encoded");
  ++losses_[to].outcome_unknown;
  caf::message_id id{header->id};
  if (id.is_request() || id.is_response())
    return;
  error reason{
      errc::outcome_unknown,
      "the link to node " + to_string(to) + " ended before the message was acknowledged"};
  auto sender = header->foreign_sender.home ? nullptr : known_actor({self(), message.pair.sender});
  discard(sender, receiver_of_lost({to, message.pair.receiver}, nodes_.relation_with(to), reason), reason);
}

remoting::losses remoting::take_losses(const peer& who) {
  auto found = losses_.extract(who);
  return found ? found.mapped() : losses{};
}

/// The receiver, also when its proxy was dropped as unused meanwhile.
caf::strong_actor_ptr remoting::receiver_of_lost(
    const caf17::actor_reference& target, relation_number relation, const error& reason
) {
  if (auto known = known_actor(target))
    return known;
  return remote_node::make_dead(system_, target, relation.value, shared_from_this(), to_caf(reason));
}

} // namespace chorus
