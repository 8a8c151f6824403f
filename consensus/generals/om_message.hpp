#pragma once

#include <chorus/consensus/generals/order.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>

#include <cstddef>
#include <vector>

namespace chorus::consensus::generals::om {

/// A battle by OM(m) takes (n - 1) + (n - 1)(n - 2) + ... messages, of the order of n^(m + 1), and every
/// lieutenant keeps what it heard: 3609 messages for ten generals with three traitors, already 108,384
/// for thirteen with four.
inline constexpr std::size_t generals_limit = 10;

/// The most that `generals_limit` generals can bear, as 3m + 1 are needed.
inline constexpr std::size_t traitors_limit = 3;

/// The generals that an order has passed, the commander first: {0, 1, 2} is "2 says that 1 said that the
/// commander said".
using path = std::vector<general>;

/// An oral message: the last general of `by` says that it heard this order by the others of `by`.
struct message {
  battle_id battle;
  order what = default_order;
  path by;

  friend bool operator==(const message&, const message&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(battle, what, by);
  }
};

/// How messages look as bytes: the codec's encoding, without a body.
struct wire {
  static wire_message encode(const message& what);

  /// Errors: `malformed` or `too_large`; also for orders that do not exist and paths that are empty or
  /// longer than those of any battle.
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
};

} // namespace chorus::consensus::generals::om
