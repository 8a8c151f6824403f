#pragma once

#include <chorus/consensus/generals/order.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/signature_scheme.hpp>

#include <cstddef>
#include <vector>

namespace chorus::consensus::generals::sm {

/// SM(m) takes about n^2 messages.
inline constexpr std::size_t generals_limit = 64;

/// One commander, one loyal lieutenant, and all others.
inline constexpr std::size_t traitors_limit = generals_limit - 2;

/// One link of a chain: this general vouches for all before it.
struct endorsement {
  general by = commander;
  signature mark{};

  friend bool operator==(const endorsement&, const endorsement&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(by, mark);
  }
};

/// A signed message, the paper's v:0:j_1:...:j_k: the order with the commander's signature and those of
/// the k lieutenants it has passed.
struct message {
  battle_id battle;
  order what = default_order;
  std::vector<endorsement> chain;

  bool is_endorsed_by(general who) const;
  friend bool operator==(const message&, const message&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(battle, what, chain);
  }
};

/// Adds the signature of `by`, whom `scheme` signs as.
void endorse(message& what, general by, signature_scheme& scheme);

/// Whether every signature of the chain is genuine. Checks one signature for each link, up to the first
/// that is not. Pre: every link is one of `generals`.
bool is_genuine(const message& what, const std::vector<peer>& generals, const signature_scheme& scheme);

/// How messages look as bytes: the codec's encoding, without a body.
struct wire {
  static wire_message encode(const message& what);

  /// Errors: `malformed` or `too_large`; also for orders that do not exist and chains that are empty or
  /// longer than those of any battle.
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
};

} // namespace chorus::consensus::generals::sm
