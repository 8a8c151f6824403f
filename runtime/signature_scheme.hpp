#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>

#include <array>
#include <cstddef>

namespace chorus {

/// A signature: opaque, of the size of Ed25519's. A scheme with shorter ones fills up with zeros.
using signature = std::array<std::byte, 64>;

/// Where pure code signs and checks signatures: a seam like those of `seams.hpp`. In production it is
/// `runtime/signing/ed25519.hpp`; in simulation and tests signatures are symbols that cannot be forged.
///
/// A key belongs to a node, not to one of its lives: what one life has signed binds the next. What is
/// signed must therefore say by itself for which protocol, and which run of it, it is meant; otherwise it
/// is a signature for all of them.
///
/// Assumed of every scheme (A4 of the Byzantine generals): nobody but the node signs in its name, and
/// everybody can check a signature.
class signature_scheme {
public:
  virtual ~signature_scheme() = default;

  /// Signs as this node: the same signature for the same bytes.
  virtual signature sign(const_bytes what) = 0;

  /// Whether `signer` has signed exactly these bytes. False for nodes whose key is not known.
  virtual bool verify(const node_id& signer, const_bytes what, const signature& mark) const = 0;
};

} // namespace chorus
