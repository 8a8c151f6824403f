#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/signature_scheme.hpp>

#include <array>
#include <cstddef>

namespace chorus::signing {

/// What others check a node's signatures with. Not a secret, but whoever tells it must be believed: a
/// wrong key is a wrong signer.
using public_key = std::array<std::byte, 32>;

/// An Ed25519 key pair (Bernstein, Duif, Lange, Schwabe and Yang, "High-speed high-security signatures",
/// 2011; RFC 8032), by libsodium.
///
/// The secret is overwritten when it is not needed any more. It is not kept out of swap or core dumps: that
/// is the system's to do.
///
/// Thread rules: signing may happen in several threads at once.
class key_pair {
public:
  static constexpr std::size_t seed_bytes = 32;

  /// A new pair from the system's randomness. Error: `unavailable` if libsodium cannot start.
  static result<key_pair> generate();

  /// The pair of this seed, always the same; whoever has the seed has the pair.
  /// Errors: `invalid_argument` if it is not `seed_bytes` long, `unavailable` as above.
  static result<key_pair> from_seed(const_bytes seed);

  key_pair(const key_pair&) = delete;
  key_pair& operator=(const key_pair&) = delete;
  key_pair(key_pair&& other) noexcept;
  key_pair& operator=(key_pair&& other) noexcept;
  ~key_pair();

  const public_key& public_part() const noexcept { return public_; }

  /// The signature of these bytes; the same for the same bytes.
  signature sign(const_bytes what) const;

private:
  key_pair() = default;

  public_key public_{};
  std::array<std::byte, 64> secret_{};
};

/// Whether the key is a point that a key pair can have: not all 32 bytes are. Errors: `invalid_argument`,
/// and `unavailable` if libsodium cannot start.
error check(const public_key& key);

/// Whether the owner of `key` has signed these bytes.
bool verify(const public_key& key, const_bytes what, const signature& mark);

} // namespace chorus::signing
