#include <chorus/membership/refusal.hpp>

namespace chorus::membership {

std::string describe(const refusal& what) {
  const auto holder = "node " + to_string(what.holder.who) + " at " + to_string(what.holder.where);
  switch (what.reason) {
  case refusal::why::name_taken:
    return "the name '" + what.holder.name + "' is taken by " + holder
           + "; start this node under another name or stop the other one";
  case refusal::why::node_id_taken:
    return "another process runs with the node id of this one: " + holder + ", named '" + what.holder.name
           + "'; every node needs a data directory of its own that was not copied from another node";
  case refusal::why::cluster_full:
    return "the cluster has as many members as there can be, says " + holder
           + "; stop a node that is not needed";
  }
  return "the cluster refuses this node";
}

} // namespace chorus::membership
