#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/signature_scheme.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace chorus::simulation {

/// Signatures as symbols: this registry knows what was really signed, and by whom, and nothing else is a
/// signature. So none can be forged, whatever a lying node does: it can only sign as itself, through its
/// own `symbolic_signer`. (The perfect signatures of Dolev and Yao, "On the security of public key
/// protocols", 1983.)
///
/// One registry for all nodes of a simulation; it grows with what is signed in it. The signatures are drawn
/// from `seed`: the same seed and calls give the same signatures, and a signature not yet shown to a node
/// is not guessed by it.
class symbolic_signatures {
public:
  explicit symbolic_signatures(std::uint64_t seed) : chance_(seed) {}

  symbolic_signatures(const symbolic_signatures&) = delete;
  symbolic_signatures& operator=(const symbolic_signatures&) = delete;

  /// Signs in the name of any node: for `symbolic_signer`, and for tests that know what they do.
  signature sign(const node_id& signer, const_bytes what);

  bool verify(const node_id& signer, const_bytes what, const signature& mark) const;

  /// Different pairs of signer and bytes signed so far.
  std::size_t size() const noexcept { return signed_.size(); }

private:
  random_generator chance_;
  std::map<std::pair<node_id, byte_buffer>, signature> signed_;
};

/// One node's way to the registry, which must outlive it.
class symbolic_signer : public signature_scheme {
public:
  symbolic_signer(symbolic_signatures& registry, const node_id& self) : registry_(registry), self_(self) {}

  signature sign(const_bytes what) override { return registry_.sign(self_, what); }

  bool verify(const node_id& signer, const_bytes what, const signature& mark) const override {
    return registry_.verify(signer, what, mark);
  }

private:
  symbolic_signatures& registry_;
  node_id self_;
};

} // namespace chorus::simulation
