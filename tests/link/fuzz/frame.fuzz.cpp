/// Decodes any bytes as a frame. The first two bytes say how long the head is, the rest is head and body.

#include "../../../runtime/link/little_endian.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/link/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace chorus::link {
namespace {

byte_buffer copy(const_bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

void decode_any(const_bytes input) {
  bounded_reader reader{input};
  auto wanted = reader.take<std::uint16_t>();
  const shared_bytes head{copy(reader.take_bytes(std::min<std::size_t>(wanted, reader.left())))};
  const shared_bytes body{copy(reader.take_bytes(reader.left()))};
  const auto decoded = wire::decode(head, body);
  if (!decoded)
    return;
  const auto again = wire::encode(*decoded);
  CHORUS_CHECK(std::ranges::equal(again.head, head.view()), "two heads of one frame");
  CHORUS_CHECK(std::ranges::equal(again.body.view(), body.view()), "two bodies of one frame");
}

} // namespace
} // namespace chorus::link

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::link::decode_any(std::as_bytes(std::span{data, size}));
  return 0;
}
