#include <chorus/membership/notices.hpp>
#include <chorus/membership/seconds.hpp>

namespace chorus::membership {

namespace {

std::string name(const member& who) {
  return "node '" + who.name + "' (" + to_string(who.who) + ") at " + to_string(who.where);
}

std::string outlook(const refusal_received& what) {
  if (what.content.reason == refusal::why::unreachable)
    return "It is not a member until then; still trying";
  if (what.gives_up_in > duration::zero())
    return "Still trying for " + in_seconds(what.gives_up_in)
           + ", in case that changes; then this node stops";
  return "The holder may be dead: still trying until it answers or is declared failed";
}

struct sentence {
  std::string operator()(const refusal_received& what) const {
    return "refused: " + describe(what.content, what.self) + ". " + outlook(what);
  }

  std::string operator()(const refusal_sent& what) const {
    const auto begin = "refused " + name(what.refused) + ": ";
    const auto& holder = what.content.holder;
    switch (what.content.reason) {
    case refusal::why::name_taken:
      return begin + "its name is taken by node " + to_string(holder.who) + " at " + to_string(holder.where)
             + ", " + describe_holder(what.content) + "; give one of the two another name, or stop it";
    case refusal::why::node_id_taken:
      return begin + "its node id is that of " + name(holder)
             + "; give each of the two a data directory of its own that was not copied";
    case refusal::why::cluster_full:
      return begin + "the cluster has as many members as there can be; stop a node that is not needed";
    case refusal::why::unreachable:
      return begin + "it has asked to join for " + in_seconds(what.asking_for)
             + " and does not answer at that address, which it advertises; correct its --advertise or "
               "--listen, or let its port through the firewall";
    }
    return begin + "for an unknown reason";
  }

  std::string operator()(const seed_is_self& what) const {
    return "the seed " + to_string(what.where)
           + " is this node itself; to find other nodes, give it another seed, or give them this one";
  }
};

} // namespace

std::string describe(const notice& what) {
  return std::visit(sentence{}, what);
}

} // namespace chorus::membership
