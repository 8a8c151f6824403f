#pragma once

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// How the transport's own messages look as bytes, and how it tells whose a message is without
/// decoding it. Messages of the message lane are the link's (see link/frame.hpp); a datagram is
///   magic 0x4443 (2) | protocol version (1) | kind 1 (1) | source (24) | hash of the cluster's name (8)
/// followed by its payload as the body. One for an address whose node is not known yet says the name of the
/// cluster itself, because the other end may belong to another one and has to say so:
///   magic 0x4443 (2) | protocol version (1) | kind 3 (1) | source (24) | name's length (1) | name
/// A refusal is
///   magic 0x4443 (2) | protocol version (1) | kind 2 (1) | source (24) | reason (1) | name's length (1) |
///   name
/// without a body. Little-endian, fixed width. A refusal looks the same in all versions for ever,
/// because nodes of different versions must be able to say so to each other.
namespace chorus::envelope {

/// A datagram of a node that says it belongs to the cluster whose name has this hash.
struct datagram {
  peer source;
  std::uint64_t cluster = 0;
  shared_bytes payload;
  std::string name{}; ///< of the cluster, if it is said; then `cluster` is its hash
};

/// "We do not talk": answered on the connection over which the offending message came.
struct refusal {
  enum class why : std::uint8_t { wrong_cluster = 1, wrong_version = 2 };
  peer source;
  why reason = why::wrong_cluster;
  std::uint8_t version = 0; ///< what the sender speaks
  std::string cluster;      ///< what the sender belongs to
};

/// A message of another version of the protocol, which only a refusal can answer.
struct other_version {
  std::uint8_t version = 0;
};

/// A frame of the message lane; both ends are in its head.
struct link_frame {
  peer source;
  peer destination;
};

using content = std::variant<datagram, refusal, other_version, link_frame>;

/// Enough to tell clusters apart in every datagram (`fnv_1a`); the name itself is in a refusal.
std::uint64_t hash_of(std::string_view cluster) noexcept;

wire_message encode(const datagram& what);
wire_message encode(const refusal& what);

/// Says what a message of any lane is. Of a link's frame only the two ends are read; the rest is the
/// link's to judge. Errors: malformed.
result<content> decode(const shared_bytes& head, const shared_bytes& body);

} // namespace chorus::envelope
