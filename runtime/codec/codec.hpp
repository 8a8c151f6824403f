#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/options.hpp>
#include <chorus/runtime/codec/reader.hpp>
#include <chorus/runtime/codec/writer.hpp>
#include <chorus/runtime/result.hpp>

#include <string>
#include <type_traits>
#include <utility>

/// Values as bytes and back. One value has one encoding (README.md has the table), and any bytes may be
/// decoded: the answer is a value or an error, never a crash, and no memory is reserved on the word of a
/// count.
namespace chorus::codec {

/// Appends the encoding of `value`.
///
/// Errors, with the buffer as it was: `too_large` (over a limit of `how`), `invalid_argument` (no context
/// for a type that needs one, or the type's own `save` refused the value or threw).
template <class T>
[[nodiscard]] error encode_to(byte_buffer& out, const T& value, const options& how = {}) {
  const auto size = out.size();
  writer archive{out, how};
  try {
    archive(value);
    return {};
  } catch (...) {
    auto failure = detail::caught(errc::invalid_argument, archive.offset());
    out.resize(size);
    return failure;
  }
}

/// The encoding of a value that is known to be encodable: chorus' own messages and records. Users' values
/// can be too large; they go through `encode_to`. Pre: no limit of `how` is exceeded; this is checked.
template <class T>
byte_buffer encode(const T& value, const options& how = {}) {
  byte_buffer out;
  const auto failure = encode_to(out, value, how);
  CHORUS_CHECK(!failure, failure.what.c_str());
  return out;
}

/// Runs `read(archive)` for values that are made in a way of their own (in place, in a mailbox), and
/// gives what it returns. After an error the reader stands where the value went wrong and is of no
/// further use. Errors: as `decode_prefix`.
template <class Read>
auto decode_with(reader& archive, Read&& read) -> result<std::invoke_result_t<Read, reader&>> {
  try {
    return std::forward<Read>(read)(archive);
  } catch (...) {
    return detail::caught(errc::malformed, archive.offset());
  }
}

/// Reads one value and leaves the reader after it, so that further ones can follow. After an error the
/// reader stands where the value went wrong and is of no further use.
///
/// Errors, with the byte offset in the text: `malformed` (not an encoding of a `T`; also what a `load` of
/// the type throws), `too_large` (over a limit), `invalid_argument` (no context for a type that needs one).
template <class T>
result<T> decode_prefix(reader& archive) {
  static_assert(std::is_default_constructible_v<T>, "decoding begins with a default-constructed value");
  return decode_with(archive, [](reader& source) {
    T value = T();
    source(value);
    return value;
  });
}

/// Reads a value that is all of `bytes`.
///
/// Errors: as `decode_prefix`; bytes left over are `malformed`.
template <class T>
result<T> decode(const_bytes bytes, const options& how = {}) {
  if (bytes.size() > how.bytes)
    return error{errc::too_large, "over the limit of " + std::to_string(how.bytes) + " bytes"};
  reader archive{bytes, how};
  auto value = decode_prefix<T>(archive);
  if (value && archive.left() != 0)
    return error{
        errc::malformed,
        std::to_string(archive.left()) + " bytes too many, at byte " + std::to_string(archive.offset())};
  return value;
}

} // namespace chorus::codec
