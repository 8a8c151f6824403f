#pragma once

#include <chorus/membership/member.hpp>
#include <chorus/membership/refusal.hpp>
#include <chorus/runtime/address.hpp>
#include <chorus/runtime/time.hpp>

#include <string>
#include <variant>

/// What the operator of a node should hear at once: why a node is kept out. Both ends say it, the one that is
/// refused and the one that refuses. Nothing depends on them but the log.
namespace chorus::membership {

/// Somebody does not take this node. It goes on asking.
struct refusal_received {
  refusal content;
  address self; ///< that this node advertises

  /// Until this node gives up, if it is refused until then; zero if it does not give up, or only once it is
  /// certain that the holder of its name lives.
  duration gives_up_in{};
};

/// This node, or a member of which it knows, does not take `refused`.
struct refusal_sent {
  member refused;
  refusal content;
  duration asking_for{}; ///< how long it has been asking in vain, if it cannot be reached
};

/// This seed is this node itself: it brings nobody.
struct seed_is_self {
  address where;
};

using notice = std::variant<refusal_received, refusal_sent, seed_is_self>;

/// One sentence for the log.
std::string describe(const notice& what);

/// Whether nothing is wrong: every node may have every node as a seed, itself included.
inline bool is_ordinary(const notice& what) {
  return std::holds_alternative<seed_is_self>(what);
}

} // namespace chorus::membership
