#include <chorus/membership/refusal.hpp>
#include <chorus/membership/seconds.hpp>

namespace chorus::membership {

std::string describe(const refusal& what, const address& self) {
  const auto node = "node " + to_string(what.holder.who) + " at " + to_string(what.holder.where);
  const auto since = ", " + describe_holder(what);
  switch (what.reason) {
  case refusal::why::name_taken:
    return "the name '" + what.holder.name + "' is taken by " + node + since
           + "; start this node under another name (--name) or stop the other one";
  case refusal::why::node_id_taken:
    return "another process runs with the node id of this one: " + node + ", named '" + what.holder.name
           + "'; every node needs a data directory of its own (--data-dir) that was not copied from another "
             "node";
  case refusal::why::cluster_full:
    return "the cluster has as many members as there can be, says " + node
           + "; stop a node that is not needed";
  case refusal::why::unreachable:
    return "node '" + what.holder.name + "' (" + to_string(what.holder.who) + ") at "
           + to_string(what.holder.where) + " gets no answer at " + to_string(self)
           + ", where this node says that it can be reached; advertise an address to which others can "
             "connect (--advertise, --listen), or let its port through the firewall";
  }
  return "the cluster refuses this node";
}

std::string describe_holder(const refusal& what) {
  const auto known = "known for " + in_seconds(what.known_for) + " and ";
  if (!what.heard_ago)
    return known + "not heard of yet but through others";
  return known + "last heard of " + in_seconds(*what.heard_ago) + " ago";
}

} // namespace chorus::membership
