#pragma once

#include <chorus/membership/swim/message.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>

#include <cstddef>

namespace chorus::membership::swim {

/// How messages look as bytes: numbers in as few bytes as they need, no names of fields. For one message
/// there is one encoding, of at most `limits::datagram_bytes`, without a body.
struct wire {
  static wire_message encode(const message& what);

  /// Errors: malformed, too_large.
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
};

/// The bytes that a rumour takes in a message.
std::size_t encoded_size(const rumour& what);

/// The bytes of a message.
std::size_t encoded_size(const message& what);

/// The bytes that count against `limits::metadata_bytes`.
std::size_t metadata_size(const metadata& what);

} // namespace chorus::membership::swim
