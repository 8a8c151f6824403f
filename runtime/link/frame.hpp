#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/link/channel.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chorus::link {

/// The version of everything that two nodes say to each other. Nodes of different versions refuse
/// each other with a clear error.
inline constexpr std::uint8_t protocol_version = 1;

/// With which every frame begins: "CH" in a hex dump.
inline constexpr std::uint16_t frame_magic = 0x4843;

/// The place of a segment on its link, from 1. 64 bits do not wrap around in a lifetime.
using sequence = strong_integer<struct sequence_tag>;

/// A channel that the sender of a greeting has.
struct channel_offer {
  std::string name;
  std::uint64_t credit = 0; ///< bytes, in total, that the other end may send on it
  std::uint64_t held = 0;   ///< of them, taken by messages of earlier relations when this one began
};

/// Opens a relation: says who is there, the sender's number for it, and what it may be sent. Repeated until
/// the other end has said its own number.
struct hello {
  std::string cluster;
  std::uint64_t nonce = 0; ///< of the sender's process
  std::vector<channel_offer>
      channels; ///< by the sender's numbers, each name once; at most `limits::channels`
};

/// Answers a `hello`: the same, and names the relation by both its numbers. Repeated until a frame names the
/// sender's number.
struct welcome {
  std::string cluster;
  std::uint64_t nonce = 0;
  std::vector<channel_offer> channels;
};

/// Answers a `hello` that cannot be accepted, or a frame for another life of this node.
struct refusal {
  enum class why : std::uint8_t {
    wrong_cluster = 1,
    wrong_version = 2,
    wrong_incarnation = 3, ///< this node lives as `current`, not as whom the other end talks to
  };
  why reason = why::wrong_cluster;
  incarnation current; ///< of the node that refuses
};

/// The reason as it stands above, with spaces.
std::string_view to_string(refusal::why reason) noexcept;

/// Segments of one channel and, riding along, an acknowledgement and credit of all channels. Also sent
/// without segments, as a pure acknowledgement. Channels have the sender's numbers.
struct data {
  sequence acknowledged;     ///< every segment up to here was handed over at the sender of this frame
  channel_credits credits;   ///< of what has grown since the greeting
  bool wants_answer = false; ///< the sender waits for an acknowledgement or for credit: answer at once
  channel_number channel = 0;
  sequence first;          ///< of the first segment; zero without segments
  std::uint32_t count = 0; ///< of segments
  shared_bytes segments;   ///< encoded back to back, see segment.hpp
  shared_bytes lone;       ///< if there are any: the bytes of the only segment, whose head is in `segments`.
                           ///< So a large payload travels as it is, instead of being copied into a frame
};

/// The last frame of a relation that ends in order.
struct goodbye {};

/// "My relation `source_relation`, with yours that you call `destination_relation`, is over." Said at its
/// end, unless a `goodbye` is, and to whoever still speaks in it. Never answered. Both numbers, because one
/// end's may meanwhile be the partner of a later one of the other end.
struct over {};

/// One frame of the message lane. Both lives and both numbers of the relation stand in every frame, so that
/// nothing from or for an earlier life or relation is ever mistaken for something of the present one.
struct frame {
  peer source;
  peer destination;
  relation_number source_relation;      ///< the sender's number; none in refusals
  relation_number destination_relation; ///< the receiver's number; none in a hello
  std::variant<hello, welcome, refusal, data, goodbye, over> content;
};

/// What `self` answers to a frame for another life of its node. Nothing to farewells and refusals, or two
/// nodes could refuse each other for ever.
std::optional<frame> answer_to_another_life(const peer& self, const frame& what);

/// What `self` answers to a frame of a relation that it does not have, or has no more. Nothing to a hello,
/// which names none, and to what is never answered.
std::optional<frame> answer_in_no_relation(const peer& self, const frame& what);

/// How frames look as bytes: little-endian, fixed width, in this order:
///   magic 0x4843 (2) | protocol version (1) | kind (1) | source (24) | destination (24) |
///   source's relation (8) | destination's relation (8) | content
/// The segments of `data` are the body of the wire message, everything else its head. With `lone` it is of
/// another kind: `segments` ends the head, `lone` is the body.
/// `decode` believes nothing: anything but exactly one frame is `malformed`, another protocol version
/// is `refused`. What is inside the segments is checked by the core that receives them.
struct wire {
  /// The head of a `data` frame without `lone` that has credit of so many channels.
  static constexpr std::size_t data_head_bytes(std::size_t channels) noexcept {
    return 4 + 24 + 24 + 8 + 8 + 8 + 2 + channels * 8 + 1 + 1 + 8 + 4;
  }

  static wire_message encode(const frame& what);
  static result<frame> decode(const shared_bytes& head, const shared_bytes& body);
};

} // namespace chorus::link
