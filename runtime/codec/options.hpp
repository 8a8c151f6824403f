#pragma once

#include <chorus/runtime/codec/context.hpp>
#include <chorus/runtime/limits.hpp>

#include <cstddef>

namespace chorus::codec {

/// Elements of containers that took no byte at all (`std::monostate`, a struct without members), per
/// encoded or decoded value. Nothing on the wire pays for them, so a count alone could keep a reader busy.
inline constexpr std::size_t zero_byte_elements = 64 * 1024;

/// What one encoding or decoding may use. Both sides check the same limits, so that what was encoded
/// under the defaults can be decoded under the defaults.
struct options {
  /// What `archive.template context<T>()` finds; must outlive the call.
  context_ref context = {};

  /// The largest encoding, in bytes.
  std::size_t bytes = limits::message_bytes;

  /// The deepest nesting of values that contain values: structs, containers, optional, variant, pointers.
  /// Scalars, strings and durations do not count.
  std::size_t depth = limits::decode_depth;
};

} // namespace chorus::codec
