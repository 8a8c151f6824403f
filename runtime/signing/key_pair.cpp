#include <chorus/runtime/check.hpp>
#include <chorus/runtime/signing/key_pair.hpp>

#include <sodium.h>
#include <utility>

namespace chorus::signing {

static_assert(sizeof(public_key) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(signature) == crypto_sign_BYTES);
static_assert(key_pair::seed_bytes == crypto_sign_SEEDBYTES);

namespace {

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

error start_library() {
  if (sodium_init() < 0)
    return {errc::unavailable, "libsodium cannot start: the system has no randomness for it"};
  return {};
}

} // namespace

result<key_pair> key_pair::generate() {
  if (auto failed = start_library())
    return failed;
  key_pair made;
  crypto_sign_keypair(raw(made.public_.data()), raw(made.secret_.data()));
  return made;
}

result<key_pair> key_pair::from_seed(const_bytes seed) {
  if (seed.size() != seed_bytes)
    return error{errc::invalid_argument, "a seed has 32 bytes, not " + std::to_string(seed.size())};
  if (auto failed = start_library())
    return failed;
  key_pair made;
  crypto_sign_seed_keypair(raw(made.public_.data()), raw(made.secret_.data()), raw(seed.data()));
  return made;
}

key_pair::key_pair(key_pair&& other) noexcept : public_(other.public_), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

key_pair& key_pair::operator=(key_pair&& other) noexcept {
  if (this != &other) {
    public_ = other.public_;
    secret_ = other.secret_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

key_pair::~key_pair() {
  sodium_memzero(secret_.data(), secret_.size());
}

signature key_pair::sign(const_bytes what) const {
  signature mark;
  const auto failed =
      crypto_sign_detached(raw(mark.data()), nullptr, raw(what.data()), what.size(), raw(secret_.data()));
  CHORUS_CHECK(failed == 0, "libsodium signs with every key");
  return mark;
}

error check(const public_key& key) {
  if (auto failed = start_library())
    return failed;
  if (crypto_core_ed25519_is_valid_point(raw(key.data())) == 0)
    return {errc::invalid_argument, "32 bytes that are no public key of Ed25519"};
  return {};
}

bool verify(const public_key& key, const_bytes what, const signature& mark) {
  return !start_library()
         && crypto_sign_verify_detached(raw(mark.data()), raw(what.data()), what.size(), raw(key.data()))
                == 0;
}

} // namespace chorus::signing
