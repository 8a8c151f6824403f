#pragma once

#include <chorus/membership/refusal.hpp>
#include <chorus/membership/swim/timing.hpp>
#include <chorus/runtime/time.hpp>

#include <optional>

namespace chorus::membership::swim {

/// How long a node that is refused goes on asking.
///
/// The holder of its name may be its own earlier process, which was killed a moment ago and is a member until
/// the others have noticed, or one that is about to leave. So refusals count only once they have lasted for
/// `timing::refusal_patience`, and a taken name or node id only if whoever refuses has had a sign of life
/// from the holder itself since the first refusal. Until there is one the node waits on: every refusal makes
/// the member that refuses probe the holder, which answers or is suspected, and then refutes that or is
/// declared failed. So the waiting ends, and no node is refused because of a holder that was dead when it
/// came. (Hearsay is no sign of life: a member that was started meanwhile takes up the dead from others that
/// still believe in them.)
///
/// When nobody has refused for `lasting`, the next refusal is a first one.
class refusal_patience {
public:
  enum class advice {
    begin,   ///< it is the first one: say so
    go_on,   ///< ask again
    wait_on, ///< the patience is over, and the holder may be dead: say so, and ask again
    give_up,
  };

  refusal_patience(const timing& times, duration lasting) : times_(times), lasting_(lasting) {}

  advice hear(time_point now, const refusal& what);

  /// Whether somebody refuses this node at present.
  bool is_tried(time_point now) const { return latest_ && now - *latest_ <= lasting_; }

  void reset() { latest_.reset(); }

private:
  timing times_;
  duration lasting_;
  time_point first_;
  std::optional<time_point> latest_;
  bool waits_on_ = false; ///< and has said so
};

} // namespace chorus::membership::swim
