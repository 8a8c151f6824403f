#include "datagram.hpp"

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/codec/types.hpp>

#include <cstddef>

namespace chorus::testing {

namespace {

/// No frame of a link begins with it.
constexpr std::byte mark{0xD6};

} // namespace

bool is_datagram(const_bytes packet) {
  return !packet.empty() && packet.front() == mark;
}

byte_buffer encode(const datagram& what) {
  byte_buffer bytes{mark};
  auto content = codec::encode(what);
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

result<datagram> decode_datagram(const_bytes packet) {
  if (!is_datagram(packet))
    return error{errc::malformed, "no datagram"};
  return codec::decode<datagram>(packet.subspan(1));
}

} // namespace chorus::testing
