#include <chorus/runtime/check.hpp>
#include <chorus/runtime/signing/ed25519.hpp>

#include <utility>

namespace chorus::signing {

ed25519::ed25519(const node_id& self, key_pair own) : self_(self), own_(std::move(own)) {
  keys_.emplace(self_, own_.public_part());
}

error ed25519::trust(const node_id& who, const public_key& key) {
  if (auto problem = check(key))
    return problem;
  if (auto known = keys_.find(who); known != keys_.end()) {
    if (known->second == key)
      return {};
    return {errc::refused, "another key is known for node " + to_string(who)};
  }
  if (keys_.size() > keys_limit)
    return {errc::overloaded, "more than " + std::to_string(keys_limit) + " keys"};
  keys_.emplace(who, key);
  return {};
}

void ed25519::forget(const node_id& who) {
  CHORUS_CHECK(who != self_, "a node does not forget its own key");
  keys_.erase(who);
}

signature ed25519::sign(const_bytes what) {
  return own_.sign(what);
}

bool ed25519::verify(const node_id& signer, const_bytes what, const signature& mark) const {
  auto known = keys_.find(signer);
  return known != keys_.end() && signing::verify(known->second, what, mark);
}

} // namespace chorus::signing
