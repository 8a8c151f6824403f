#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/signature_scheme.hpp>
#include <chorus/runtime/signing/key_pair.hpp>

#include <cstddef>
#include <map>

namespace chorus::signing {

/// Ed25519 signatures of one node, and the public keys of the nodes that it knows.
///
/// Where keys come from is not decided here: a key is believed once `trust` was called with it.
///
/// Thread rules: none of its own.
class ed25519 final : public signature_scheme {
public:
  /// Keys known besides this node's own.
  static constexpr std::size_t keys_limit = limits::members;

  /// This node's own key is known from the start.
  ed25519(const node_id& self, key_pair own);

  /// From now on `key` is the node's. Errors, and nothing changes: `invalid_argument` if no key pair has such
  /// a key; `refused` if another key is known for the node, as a key that changes in passing is how one is
  /// replaced by a thief's (`forget` the old one first); `overloaded` beyond `keys_limit`.
  error trust(const node_id& who, const public_key& key);

  /// The node's key is known no more; its signatures are wrong from now on. Pre: not this node.
  void forget(const node_id& who);

  const public_key& own_key() const noexcept { return own_.public_part(); }

  signature sign(const_bytes what) override;
  bool verify(const node_id& signer, const_bytes what, const signature& mark) const override;

private:
  node_id self_;
  key_pair own_;
  std::map<node_id, public_key> keys_;
};

} // namespace chorus::signing
