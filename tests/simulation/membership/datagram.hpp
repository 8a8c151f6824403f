#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>

namespace chorus::testing {

/// A datagram of membership with what the transport puts around it: who says that it is from whom, and for
/// whom it is.
struct datagram {
  peer source;
  address where;
  incarnation life; ///< zero: whoever is there
  byte_buffer content;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(source, where, life, content);
  }
};

/// Whether a packet is one; else it is a frame of a link.
bool is_datagram(const_bytes packet);

byte_buffer encode(const datagram& what);
result<datagram> decode_datagram(const_bytes packet);

} // namespace chorus::testing
