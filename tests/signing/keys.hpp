#pragma once

#include <chorus/runtime/signing/key_pair.hpp>

#include <utility>

namespace chorus::signing {

/// The key pair whose seed is that byte, 32 times.
inline key_pair key_of(unsigned char number) {
  auto made = key_pair::from_seed(byte_buffer(key_pair::seed_bytes, std::byte{number}));
  return std::move(made).value();
}

} // namespace chorus::signing
