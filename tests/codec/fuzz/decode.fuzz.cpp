/// Decodes any bytes as rich types. The first byte chooses the type, the rest are the encoding.

#include "../rich_types.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/codec/codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chorus::codec::test {
namespace {

/// What decodes encodes to the same bytes.
template <class T>
void check_canonical(const_bytes bytes) {
  if (const auto value = decode<T>(bytes))
    CHORUS_CHECK(std::ranges::equal(encode(*value), bytes), "two encodings of one value");
}

/// Of a type that reads old versions and writes the newest: the second encoding is the last.
template <class T>
void check_fixpoint(const_bytes bytes) {
  const auto value = decode<T>(bytes);
  if (!value)
    return;
  const auto encoded = encode(*value);
  const auto again = decode<T>(encoded);
  CHORUS_CHECK(again, "what was encoded is not decoded");
  CHORUS_CHECK(encode(*again) == encoded, "encoding changes with every round");
}

void decode_any(std::uint8_t type, const_bytes bytes) {
  switch (type % 5) {
  case 0:
    return check_canonical<sequences>(bytes);
  case 1:
    return check_canonical<tables>(bytes);
  case 2:
    return check_canonical<choices>(bytes);
  case 3:
    return check_canonical<tree>(bytes);
  default:
    return check_fixpoint<std::vector<versioned>>(bytes);
  }
}

} // namespace
} // namespace chorus::codec::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0)
    chorus::codec::test::decode_any(data[0], std::as_bytes(std::span{data, size}).subspan(1));
  return 0;
}
