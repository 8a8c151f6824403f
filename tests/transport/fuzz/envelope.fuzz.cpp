/// Decodes any bytes as a message of the transport. The first two bytes say how long the head is, the rest is
/// head and body.

#include "../../../runtime/transport/envelope.hpp"

#include <chorus/runtime/check.hpp>
#include <chorus/runtime/limits.hpp>
#include <chorus/runtime/link/little_endian.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace chorus::envelope {
namespace {

byte_buffer copy(const_bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// What has an encoding of its own is encoded to the same bytes.
template <class Content>
void check_canonical(const Content& what, const shared_bytes& head, const shared_bytes& body) {
  const auto again = encode(what);
  CHORUS_CHECK(std::ranges::equal(again.head, head.view()), "two heads of one message");
  CHORUS_CHECK(std::ranges::equal(again.body.view(), body.view()), "two bodies of one message");
}

void decode_any(const_bytes input) {
  link::bounded_reader reader{input};
  auto wanted = reader.take<std::uint16_t>();
  const shared_bytes head{copy(reader.take_bytes(std::min<std::size_t>(wanted, reader.left())))};
  const shared_bytes body{copy(reader.take_bytes(reader.left()))};
  const auto decoded = decode(head, body);
  if (!decoded)
    return;
  if (const auto* what = std::get_if<datagram>(&*decoded)) {
    CHORUS_CHECK(what->payload.size() <= limits::datagram_bytes, "a datagram over the limit");
    check_canonical(*what, head, body);
  } else if (const auto* no = std::get_if<refusal>(&*decoded)) {
    check_canonical(*no, head, body);
  }
}

} // namespace
} // namespace chorus::envelope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chorus::envelope::decode_any(std::as_bytes(std::span{data, size}));
  return 0;
}
