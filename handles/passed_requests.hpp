#pragma once

#include <chorus/runtime/ids.hpp>

#include <set>

namespace chorus::handles {

/// Delegated requests for which one relation matters to this node, although neither end of it made them:
/// who is to be told when it ends.
///
/// - Requests that this node has passed on to the other one: their origins are told that the link has ended,
///   because they may have been lost on it.
/// - Requests of the other node's actors that a third node has passed on to this one: whoever did so is told
///   that they cannot be answered from here, and tells their origin, which this node cannot reach.
///
/// Spurious news do no harm: an origin ends only what is not known to have arrived.
class passed_requests {
public:
  /// A request of an actor of `origin` goes to the other node. False if the relation is over.
  [[nodiscard]] bool pass_on(relation_number origin);

  /// A request of the other node's actors has come from `delegator`. False if the relation is over: it cannot
  /// be answered.
  [[nodiscard]] bool receive(relation_number delegator);

  /// Another relation has ended: nobody there is to be told.
  void forget(relation_number ended);

  struct to_tell {
    std::set<relation_number> origins;
    std::set<relation_number> delegators;
  };

  /// This relation is over.
  to_tell close();

private:
  bool note(std::set<relation_number>& who, relation_number relation);

  to_tell news_;
  bool is_over_ = false;
};

} // namespace chorus::handles
