#include <chorus/runtime/link/link.hpp>

namespace chorus::link {

bool output::empty() const noexcept {
  return !established_now && deliveries.empty() && refusals.empty() && releases.empty() && frames.empty()
         && !end;
}

std::string_view to_string(closed::why reason) noexcept {
  switch (reason) {
  case closed::why::closed_here:
    return "closed here";
  case closed::why::closed_by_peer:
    return "closed by peer";
  case closed::why::abandoned:
    return "abandoned";
  case closed::why::ended_by_peer:
    return "ended by peer";
  case closed::why::superseded:
    return "superseded";
  case closed::why::peer_restarted:
    return "peer restarted";
  case closed::why::wrong_cluster:
    return "wrong cluster";
  case closed::why::wrong_version:
    return "wrong version";
  case closed::why::violation:
    return "violation";
  case closed::why::unresponsive:
    return "unresponsive";
  }
  return "unknown";
}

std::string_view explain(closed::why reason) noexcept {
  switch (reason) {
  case closed::why::closed_here:
    return "this node closed it";
  case closed::why::closed_by_peer:
    return "the other node closed it";
  case closed::why::abandoned:
    return "this node has ended it";
  case closed::why::ended_by_peer:
    return "the other node has ended it, because it had lost sight of this node or found the protocol broken";
  case closed::why::superseded:
    return "the other node has begun another one, because it had lost sight of this node";
  case closed::why::peer_restarted:
    return "the other node has restarted";
  case closed::why::wrong_cluster:
    return "the other node belongs to another cluster";
  case closed::why::wrong_version:
    return "the other node speaks another protocol version; run the same release on both";
  case closed::why::violation:
    return "one of the two nodes broke the link protocol; run the same release on both";
  case closed::why::unresponsive:
    return "the other node did not acknowledge anything for 30 s";
  }
  return "for an unknown reason";
}

} // namespace chorus::link
